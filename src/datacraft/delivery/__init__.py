"""Takes a release to the people who use it: gates, comparison, targets, canary, notice.

Lives here: what a release shows (`evidence`), the gates it must pass (`gates`), its comparison with what serves
(`comparing`), verdicts beside the release (`verdicts`), promotion by evidence (`promotion`), its image (`image`), where
it runs (`targets`), how it is tried on some of the traffic (`canary`), and who is told (`notify`). Thresholds are declared in
ci-cd/config/ci_cd_config.yaml (`config`).
Doesn't live here: making releases (`pipeline`), storing them and moving channels (`registry`).
"""
