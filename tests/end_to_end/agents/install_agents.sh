#!/usr/bin/env bash
# Install the coding agents that run_agents.py drives, at pinned versions, into one folder.
# usage: install_agents.sh FOLDER      (npm only, about 1.3 GB; what is there is kept)
set -euo pipefail

folder=${1:?folder to install into}

install() {
  local name=$1 package=$2
  local mark="$folder/$name/.installed-${package##*@}"
  [ -e "$mark" ] && return
  mkdir -p "$folder/$name"
  (
    cd "$folder/$name"
    [ -f package.json ] || echo '{"name":"agents","private":true}' > package.json
    npm install --no-audit --no-fund --loglevel=error "$package"
  )
  touch "$mark"
}

install node24 node@24 # under an older Node npm silently picks old versions of the agents
export PATH="$folder/node24/node_modules/node/bin:$PATH"
install claude @anthropic-ai/claude-code@2.1.330
install codex @openai/codex@0.169.0
install opencode opencode-ai@1.18.33
