"""The target `local`: supervised processes of the product on this machine, side by side behind Caddy.

A command writes what is wanted (`state`), the supervisor makes it so and writes what is (`supervisor`): it starts
processes (`process`), starts them again when they die, has Caddy split the traffic (`proxy`), and ends a
revision once nobody uses it. `target` is the face of it all.
"""
