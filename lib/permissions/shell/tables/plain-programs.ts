import { plainValue, type ShellWord } from '../parse/word.ts'
import { READONLY_PROGRAMS } from './readonly-programs.ts'

/**
 * From which of its words on a program could start one of them as a program. Of a program that is not known here, that is every word;
 * of a known one, whose words are files, text, packages, targets or subcommands (`brew install curl`, `make docker`), none, or those
 * after `--` and the like.
 */
export function firstStartableWord(program: string, words: readonly ShellWord[]): number {
  if (READONLY_PROGRAMS.has(program) || PLAIN_PROGRAMS.has(program)) return NO_WORD
  // With another subcommand, it runs a program.
  if (program === 'pnpm' && !PNPM_SUBCOMMANDS.has(plainValue(words[1]) ?? '')) return 1
  if (!MANAGERS.has(program)) return 1
  const opening = RUN_PROGRAMS.has(program) ? /^(--|exec|run|r)$|\.\w+$/ : /^(--|exec)$/
  const opened = words.findIndex((word, at) => at > 0 && opening.test(plainValue(word) ?? ''))
  return opened < 0 ? NO_WORD : opened + 1
}

const NO_WORD = Number.POSITIVE_INFINITY

const PNPM_SUBCOMMANDS = new Set(
  `add audit bin build ci config create dedupe deploy fetch import info init install i installTest it licenses link ln list ls
  outdated pack patch prune publish rebuild rb remove rm root run run-script self-update server setup start stop store test t
  unlink un uninstall update up upgrade view why`.split(/\s+/),
)

/** With `run`, or the name of a file, they start a program of the project, which gets the words that follow. */
const RUN_PROGRAMS = new Set(['bun', 'deno', 'go', 'cargo', 'dotnet'])

/** They manage packages and run tasks. */
const MANAGERS = new Set(
  `
  npm pnpm yarn bun deno pip pip3 pipenv poetry pdm uv rye hatch conda mamba gem bundle bundler composer cargo rustup go mix rebar3
  stack cabal opam luarocks nuget dotnet mvn gradle gradlew sbt lein brew apt apt-get apt-cache aptitude dpkg dnf yum rpm pacman apk
  zypper snap flatpak choco winget scoop port nix-env nvm fnm nodenv pyenv rbenv asdf mise volta sdk

  make gmake ninja cmake ctest meson just task rake bazel buck nx turbo lerna ng jest vitest mocha ava pytest tox nox eslint
  prettier biome tsc tsgo stylelint ruff black isort flake8 pylint mypy pyright rubocop rspec phpunit shellcheck shfmt hadolint
  golangci-lint gofmt rustfmt rustc gcc cc g++ c++ clang clang++ javac ld protoc vite webpack rollup esbuild next nuxt astro
  pre-commit act serve http-server

  systemctl service rc-service aws gcloud gsutil az bq doctl fly flyctl heroku vercel netlify wrangler firebase eb sam cdk ansible
  ansible-playbook terraform tofu pulumi vagrant helm k9s minikube kind buildah skopeo
  `
    .trim()
    .split(/\s+/),
)

const PLAIN_PROGRAMS = new Set(
  `
  : [ [[ alias bg bind break builtin caller cd complete compopt continue declare dirs disown echo enable exit export false
  fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt
  suspend test times true type typeset ulimit umask unalias unset wait which whereis command man info apropos whatis tldr

  cp gcp mv gmv ln gln rm grm mkdir gmkdir rmdir touch gtouch chmod gchmod chown gchown chgrp install ginstall link unlink dd
  truncate mktemp mkfifo mknod tee shred rsync scp sftp sed gsed awk gawk mawk nawk find gfind fd fdfind tar gtar bsdtar zip unzip
  gzip gunzip bzip2 xz zstd 7z cpio ar patch split csplit open xdg-open code cursor subl vi vim nvim nano emacs less more bat view
  trash ed ex

  ps pgrep pkill killall pidof lsof fuser top htop free uptime who w id groups crontab journalctl loginctl update-alternatives
  update-rc.d sc ping dig host nslookup nc ncat curl wget http xh aria2c

  git gh glab hub svn hg jj fossil cvs bzr docker podman nerdctl docker-compose podman-compose kubectl oc
  `
    .trim()
    .split(/\s+/),
)
