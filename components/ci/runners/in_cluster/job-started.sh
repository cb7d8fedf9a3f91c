#!/usr/bin/env bash
# Run by the runner before a job's first step (ACTIONS_RUNNER_HOOK_JOB_STARTED). The job begins only if its repository, its event and
# its workflow file are on the lists beside this script. Whatever is missing or unreadable is a refusal.
set -euo pipefail

lists="$(dirname "${BASH_SOURCE[0]}")"

# Whole lines, compared as they are: no pattern, and a value of two lines matches nothing.
listed() {
  local entry
  while IFS= read -r entry; do
    if [[ -n $entry && $entry == "$1" ]]; then return 0; fi
  done <"$lists/$2"
  return 1
}

check() {
  if listed "$2" "$3"; then return 0; fi
  echo "This runner refuses the job: its $1 is ${2:-not known}, but only these may run here:"
  sed 's/^/  /' "$lists/$3"
  echo "Whoever runs the platform allows more in the stack file: addons.arc.scaleSets.<name>.gate.$3"
  exit 1
}

check repository "${GITHUB_REPOSITORY:-}" repositories
check event "${GITHUB_EVENT_NAME:-}" events
check workflow "${GITHUB_WORKFLOW_REF:-}" workflows

echo "This runner takes the job: ${GITHUB_WORKFLOW_REF} of ${GITHUB_REPOSITORY}, started by ${GITHUB_EVENT_NAME}."
