# shellcheck shell=bash
# What onboarding/run, onboarding/test and .ci/run share: packages, Swift, and steps that show
# how far they are. Sourced, never run. Sets: root, log_folder, as_root.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
log_folder=$root/.build/onboarding
assume_yes=no

# What the build and the stack need of Debian 12. libpq is loaded when it is first used; its
# headers, like those of libcurl, libcrypto and the parsers (libyaml, libpg_query, toml++), are for
# the build, which takes digests from libcrypto's archive. The last
# line is what Swift's own programs load, and its archive does not bring.
packages=(
  postgresql-15 postgresql-client-15 postgresql-15-pgtap postgresql-15-plpgsql-check
  libpq-dev libcurl4-openssl-dev libssl-dev libyaml-dev libpg-query-dev libtomlplusplus-dev
  libc6-dev libstdc++-12-dev binutils pkg-config git ca-certificates procps
  libcurl4 libncurses6 libsqlite3-0
)

if [[ -z ${HOME:-} ]]; then
  HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
  export HOME
fi

say() { printf '%s\n' "$*"; }
fail() { # fail MESSAGE [HINT]: the shape of homebase's own errors
  printf 'error: %s\n' "$1" >&2
  [[ -z ${2:-} ]] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

seconds_since() { # seconds_since NANOSECONDS: "4.2 s"
  local tenths=$((($(date +%s%N) - $1) / 100000000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

last_line() { tail -c 400 "$1" | tr '\r' '\n' | sed '/^[[:space:]]*$/d' | tail -n 1; }

# step NAME COMMAND…: runs it with its output in a log; shows the last line while it runs (on a
# terminal in place, else a line every ten seconds), and the log's end if it fails.
step() {
  local name=$1 started log pid status=0 last shown_at=0 width
  shift
  mkdir -p "$log_folder"
  log=$log_folder/${name//[^a-zA-Z0-9]/-}.log
  started=$(date +%s%N)
  [[ -t 1 ]] || printf '%s …\n' "$name"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  running_step=$pid
  while kill -0 "$pid" 2>/dev/null; do
    if [[ -t 1 ]]; then
      width=$(tput cols 2>/dev/null || echo 80)
      last=$(last_line "$log")
      printf '\r\033[K%.*s' "$((width - 1))" "$name … $last ($(seconds_since "$started"))"
      sleep 0.2
    else
      sleep 0.1
      if ((SECONDS - shown_at >= 10 && ($(date +%s%N) - started) / 1000000000 >= 10)); then
        last=$(last_line "$log")
        printf '  %s (%s)\n' "$last" "$(seconds_since "$started")"
        shown_at=$SECONDS
      fi
    fi
  done
  wait "$pid" || status=$?
  running_step=
  [[ ! -t 1 ]] || printf '\r\033[K'
  if ((status != 0)); then
    printf 'failed %s (exit %d, %s)\n' "$name" "$status" "$(seconds_since "$started")"
    grep -E '(^|[^[:alnum:]])error:' "$log" | sort -u | head -n 10 | sed 's/^/  /'
    printf '  -- the last lines of %s\n' "$log"
    tail -n 25 "$log" | sed 's/^/  /'
    return "$status"
  fi
  printf 'ok     %s (%s)\n' "$name" "$(seconds_since "$started")"
}

running_step=
stop_running_step() { # a script that is interrupted leaves no build behind
  [[ -z $running_step ]] || kill "$running_step" 2>/dev/null || true
}
trap stop_running_step EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

missing_packages() { # prints those of "${packages[@]}" that dpkg does not list as installed
  local package
  for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      printf '%s\n' "$package"
  done
}

# The commands that install "$@". Debian's package would start a server of its own on port 5432,
# which nobody here needs; a machine that has PostgreSQL already is left as it is.
install_commands() {
  local folder=/etc/postgresql-common/createcluster.d
  if ! dpkg-query -W -f '${db:Status-Status}' postgresql-common 2>/dev/null | grep -qx installed; then
    say "mkdir -p $folder"
    say "echo 'create_main_cluster = false' > $folder/homebase.conf"
  fi
  say "apt-get update -q"
  say "DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $*"
}

install_packages() {
  local -a missing
  local commands answer
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    fail "this is not Debian: there is no apt-get" \
      "install by hand what stands for: ${packages[*]}"
  fi
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then
    say "ok     packages (all ${#packages[@]} there)"
    return
  fi
  commands=$(install_commands "${missing[@]}")
  if ((EUID == 0)); then
    say "packages to install: ${missing[*]}"
    step "packages" bash -ec "$commands" ||
      fail "apt could not install what is missing" "see the lines above; then run this again"
    return
  fi
  say "These packages are missing: ${missing[*]}"
  say "As root, this installs them:"
  say ""
  printf '%s\n' "$commands" | sed 's/^/    /'
  say ""
  command -v sudo >/dev/null ||
    fail "packages are missing, and there is no sudo here" \
      "ask whoever is root on this machine to run the lines above, then run this again"
  if [[ $assume_yes == yes ]]; then
    answer=y
  elif [[ -t 0 && -t 1 ]]; then
    read -r -p "Run them with sudo now? [y/N] " answer
  else
    fail "packages are missing, and there is no terminal to ask for leave to use sudo" \
      "run the lines above as root, or this again with --yes"
  fi
  [[ $answer == [yY]* ]] || fail "packages are missing" "run the lines above, then this again"
  if [[ -t 0 ]]; then
    sudo -v || fail "sudo refused" "ask whoever is root on this machine to run the lines above"
  else
    sudo -n true 2>/dev/null ||
      fail "sudo asks for a password, and there is no terminal to type it" \
        "run the lines above as root, then this again"
  fi
  step "packages" sudo bash -ec "$commands" ||
    fail "apt could not install what is missing" "see the lines above; then run this again"
}

# Finds the tests' judges, or takes them from PyPI: Deno compiles and runs the TypeScript, last on
# PATH, and supabase-py is an app's own client.
find_judges() {
  local folder=$root/.build/judges
  local -a wanted=()
  command -v deno >/dev/null || [[ -x $folder/bin/deno ]] || wanted+=(deno)
  "$folder/bin/python" -c 'import supabase' 2>/dev/null || wanted+=('supabase>=2.30,<3')
  if ((${#wanted[@]} > 0)); then
    step "judges" bash -ec "python3 -m venv '$folder' && '$folder/bin/pip' install --quiet ${wanted[*]@Q}" ||
      fail "Deno or supabase-py could not be installed, and without them no client is tried" \
        "see the lines above; or put a deno of your own on PATH"
  else
    say "ok     Deno, supabase-py"
  fi
  PATH=$PATH:$folder/bin
  export PATH
}

# Puts a Swift that is new enough first on PATH.
find_swift() {
  local wanted=6.2 candidate output version found=
  for candidate in "$(command -v swift || true)" /opt/swift/usr/bin/swift \
    "${SWIFTLY_BIN_DIR:-$HOME/.local/share/swiftly/bin}/swift" /usr/local/swift/usr/bin/swift; do
    [[ -n $candidate && -x $candidate ]] || continue
    # One that does not run, for want of a library, says why instead of its version.
    output=$("$candidate" --version 2>&1) || true
    version=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<<"$output")
    version=${version%%$'\n'*}
    if [[ -z $version ]]; then
      found="one that does not run, $candidate (${output%%$'\n'*})"
      continue
    fi
    if [[ $(printf '%s\n' "$wanted" "$version" | sort -V | head -n 1) == "$wanted" ]]; then
      PATH=$(dirname "$candidate"):$PATH
      export PATH
      say "ok     Swift $version"
      return
    fi
    found="$version at $candidate"
  done
  fail "Swift $wanted or newer is needed${found:+; there is only $found}" \
    "https://www.swift.org/install/linux/ has an installer (swiftly) and archives for Debian 12"
}
