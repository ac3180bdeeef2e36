#!/usr/bin/env bash
# Makes in a Google Cloud project what DataCraft needs there: registry of images, bucket of releases, data set,
# accounts with least roles, sign-in for GitHub without keys, and alerts. Run again, it makes what is missing and
# changes nothing else. Needs gcloud (signed in as an owner of the project) and bq.
#
#   infra/setup.sh --project PROJECT --github OWNER/REPOSITORY [--region us-east1] [--bucket NAME] [--dataset datacraft]
#                  [--email ops@example.com] [--dry-run]
#
# --dry-run looks at what is there and prints the commands that would change something.
#
# Exit codes: 0 everything is there; 1 a command failed; 2 wrong usage.
set -euo pipefail

region=us-east1 dataset=datacraft project='' github='' bucket='' email='' dry_run=false

usage() {
  sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case "$1" in
    --project | --github | --region | --bucket | --dataset | --email)
      if [ $# -lt 2 ] || [ -z "$2" ]; then
        echo "Error: $1 needs a value." >&2
        exit 2
      fi
      printf -v "${1#--}" '%s' "$2"
      shift 2
      ;;
    --dry-run) dry_run=true; shift ;;
    -h | --help) usage ;;
    *) echo "Error: there is no option $1." >&2; usage ;;
  esac
done
[ -n "$project" ] || { echo "Error: --project is missing." >&2; exit 2; }
case "$github" in
  */*) ;;
  *) echo "Error: --github is missing, or not OWNER/REPOSITORY." >&2; exit 2 ;;
esac
bucket=${bucket:-$project-datacraft-releases}
here=$(cd "$(dirname "$0")" && pwd)

made=0
gc() { gcloud --project="$project" --quiet "$@"; }

# make WHAT CHECK... -- COMMAND...: runs COMMAND unless CHECK finds WHAT.
make() {
  local what=$1 check=()
  shift
  while [ "$1" != -- ]; do check+=("$1"); shift; done
  shift
  if "${check[@]}" >/dev/null 2>&1; then
    echo "there: $what"
    return
  fi
  made=$((made + 1))
  if $dry_run; then
    echo "would make: $what"
    printf '  %q' "$@"
    echo
    return
  fi
  echo "making: $what"
  "$@"
}

# grant ROLE MEMBER: adds a binding of the project; to add one that is there changes nothing.
has_role() {
  gc projects get-iam-policy "$project" --flatten=bindings[].members \
    --filter="bindings.role=$1 AND bindings.members=$2" --format='value(bindings.role)' | grep -qx "$1"
}
grant() {
  make "role $1 of $2" has_role "$1" "$2" -- \
    gc projects add-iam-policy-binding "$project" --role="$1" --member="$2" --condition=None --format=none
}

account() { echo "$1@$project.iam.gserviceaccount.com"; }
service_account() {
  make "service account $1" gc iam service-accounts describe "$(account "$1")" -- \
    gc iam service-accounts create "$1" --display-name="$2"
}

apis_enabled() {
  local enabled
  enabled=$(gc services list --enabled --format='value(config.name)')
  for api in "$@"; do grep -qx "$api" <<<"$enabled" || return 1; done
}
apis=(artifactregistry.googleapis.com bigquery.googleapis.com cloudscheduler.googleapis.com
  iamcredentials.googleapis.com monitoring.googleapis.com run.googleapis.com secretmanager.googleapis.com
  storage.googleapis.com)
make "services" apis_enabled "${apis[@]}" -- gc services enable "${apis[@]}"

make "image registry mlops-models" gc artifacts repositories describe mlops-models --location="$region" -- \
  gc artifacts repositories create mlops-models --location="$region" --repository-format=docker \
  --description="Images of DataCraft"

make "bucket $bucket" gc storage buckets describe "gs://$bucket" -- \
  gc storage buckets create "gs://$bucket" --location="$region" --uniform-bucket-level-access \
  --public-access-prevention
versioned() { [ "$(gc storage buckets describe "gs://$bucket" --format='value(versioning_enabled)')" = True ]; }
make "versions in $bucket" versioned -- gc storage buckets update "gs://$bucket" --versioning
kept() { gc storage buckets describe "gs://$bucket" --format='value(lifecycle_config)' | grep -q daysSinceNoncurrentTime; }
make "lifecycle of $bucket" kept -- \
  gc storage buckets update "gs://$bucket" --lifecycle-file="$here/bucket-lifecycle.json"

make "data set $dataset" bq --project_id="$project" show --dataset "$project:$dataset" -- \
  bq --project_id="$project" --location="$region" mk --dataset "$project:$dataset"

# Who serves: reads releases, asks BigQuery, and writes what was asked.
service_account datacraft-app "DataCraft, answering"
serves="serviceAccount:$(account datacraft-app)"
for role in roles/bigquery.dataViewer roles/bigquery.jobUser roles/logging.logWriter roles/monitoring.metricWriter; do
  grant "$role" "$serves"
done
bucket_role() {
  gc storage buckets get-iam-policy "gs://$bucket" --flatten=bindings[].members \
    --filter="bindings.role=$1 AND bindings.members=$2" --format='value(bindings.role)' | grep -qx "$1"
}
make "reading of $bucket by datacraft-app" bucket_role roles/storage.objectViewer "$serves" -- \
  gc storage buckets add-iam-policy-binding "gs://$bucket" --role=roles/storage.objectViewer --member="$serves"

# Who delivers: publishes releases, pushes images, deploys as datacraft-app, and sees how it is.
service_account datacraft-delivery "DataCraft, delivering"
delivers="serviceAccount:$(account datacraft-delivery)"
for role in roles/artifactregistry.writer roles/bigquery.dataViewer roles/bigquery.jobUser roles/monitoring.viewer \
  roles/run.developer; do
  grant "$role" "$delivers"
done
make "writing of $bucket by datacraft-delivery" bucket_role roles/storage.objectAdmin "$delivers" -- \
  gc storage buckets add-iam-policy-binding "gs://$bucket" --role=roles/storage.objectAdmin --member="$delivers"
acts_as() {
  gc iam service-accounts get-iam-policy "$(account datacraft-app)" --flatten=bindings[].members \
    --filter="bindings.role=roles/iam.serviceAccountUser AND bindings.members=$delivers" \
    --format='value(bindings.role)' | grep -q .
}
make "deploying as datacraft-app" acts_as -- \
  gc iam service-accounts add-iam-policy-binding "$(account datacraft-app)" \
  --role=roles/iam.serviceAccountUser --member="$delivers" --format=none

# GitHub's own tokens, of this repository alone, stand for datacraft-delivery: there is no key to lose.
pool=datacraft-github
make "identity pool $pool" gc iam workload-identity-pools describe $pool --location=global -- \
  gc iam workload-identity-pools create $pool --location=global --display-name="DataCraft on GitHub"
make "identity provider github" gc iam workload-identity-pools providers describe github \
  --location=global --workload-identity-pool=$pool -- \
  gc iam workload-identity-pools providers create-oidc github --location=global --workload-identity-pool=$pool \
  --issuer-uri=https://token.actions.githubusercontent.com \
  --attribute-mapping=google.subject=assertion.sub,attribute.repository=assertion.repository \
  --attribute-condition="assertion.repository == '$github' && assertion.ref == 'refs/heads/main'"
number=$(gc projects describe "$project" --format='value(projectNumber)')
principal="principalSet://iam.googleapis.com/projects/$number/locations/global/workloadIdentityPools/$pool/attribute.repository/$github"
trusted() {
  gc iam service-accounts get-iam-policy "$(account datacraft-delivery)" --flatten=bindings[].members \
    --filter="bindings.role=roles/iam.workloadIdentityUser AND bindings.members=$principal" \
    --format='value(bindings.role)' | grep -q .
}
make "$github as datacraft-delivery" trusted -- \
  gc iam service-accounts add-iam-policy-binding "$(account datacraft-delivery)" \
  --role=roles/iam.workloadIdentityUser --member="$principal" --format=none

if [ -n "$email" ]; then
  channel() {
    gc beta monitoring channels list --filter="type=email AND labels.email_address=$email" --format='value(name)' | grep -q .
  }
  make "alerts to $email" channel -- \
    gc beta monitoring channels create --display-name="DataCraft operators" --type=email \
    --channel-labels="email_address=$email" --format=none
fi
for policy in "$here"/alerts/*.json; do
  name="DataCraft: $(basename "$policy" .json | tr - ' ')"
  alert() {
    gc alpha monitoring policies list --filter="displayName='$name'" --format='value(name)' | grep -q .
  }
  make "alert $name" alert -- gc alpha monitoring policies create --policy-from-file="$policy" --format=none
done

if $dry_run; then
  echo "$made would be made in $project."
else
  echo "$made made in $project. Variables for GitHub:"
  cat <<VARIABLES
  GCP_PROJECT_ID=$project
  GCP_REGION=$region
  GCS_BUCKET_NAME=$bucket
  BQ_DATASET=$project.$dataset
  WORKLOAD_IDENTITY_PROVIDER=projects/$number/locations/global/workloadIdentityPools/$pool/providers/github
  DELIVERY_SERVICE_ACCOUNT=$(account datacraft-delivery)
VARIABLES
fi
