import { plainValue, type ShellWord } from '../parse/word.ts'
import { READONLY_PROGRAMS } from './readonly-programs.ts'

/**
 * From which of its words on a program could start one of them as a program. Of a program that is not known here, that is every word;
 * of a known one, whose words are files, text, packages, targets or subcommands (`brew install curl`, `make docker`), none, or those
 * after `--` and the like.
 */
export function firstStartableWord(program: string, words: readonly ShellWord[]): number {
  if (READONLY_PROGRAMS.has(program) || PLAIN_PROGRAMS.has(program)) return NO_WORD
  const subcommands = PLAIN_SUBCOMMANDS.get(program)
  // With another subcommand, or an option before it, it can start a program.
  const named = plainValue(words[1]) === 'container' ? words[2] : words[1]
  if (subcommands !== undefined && !subcommands.has(plainValue(named) ?? '')) return 1
  if (words.some(({ values }) => values.some((value) => value.startsWith('--entrypoint')))) return 1
  if (subcommands === undefined && !MANAGERS.has(program)) return 1
  const opening = RUN_PROGRAMS.has(program) ? /^(--|exec|run|r)$|\.\w+$/ : /^(--|exec)$/
  const opened = words.findIndex((word, at) => at > 0 && opening.test(plainValue(word) ?? ''))
  return opened < 0 ? NO_WORD : opened + 1
}

const NO_WORD = Number.POSITIVE_INFINITY

const CONTAINER_SUBCOMMANDS = `attach build builder buildx commit compose context cp diff events export history image images import info
  inspect kill load login logout logs manifest network node pause port prune ps pull push rename restart rm rmi save search secret service
  stack start stats stop swarm system tag top unpause update version volume wait`

/** Of programs that start others with some subcommands, those with which they start none. */
const PLAIN_SUBCOMMANDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    pnpm: `add audit bin build ci config create dedupe deploy fetch import info init install i installTest it licenses link ln list
      ls outdated pack patch prune publish rebuild rb remove rm root run run-script self-update server setup start stop store test
      t unlink un uninstall update up upgrade view why`,
    docker: CONTAINER_SUBCOMMANDS,
    podman: CONTAINER_SUBCOMMANDS,
    nerdctl: CONTAINER_SUBCOMMANDS,
    gh: `api attestation auth browse cache completion config gist gpg-key help issue label org pr project release repo ruleset run
      search secret ssh-key status variable version workflow`,
    glab: `api auth ci cluster completion config deploy-key help incident issue label milestone mr release repo runner schedule
      securefile snippet ssh-key stack token user variable version`,
    hg: `add addremove annotate archive backout bookmarks branch branches cat clone commit copy cp diff export files forget graft
      grep heads help identify import incoming init log manifest merge mv outgoing parents paths phase pull push recover remove
      rename resolve revert rm rollback root status st summary tag tags tip unbundle update up verify version`,
    svn: `add auth blame annotate cat changelist checkout co cleanup commit ci copy cp delete del rm remove diff export help import
      info list ls lock log merge mergeinfo mkdir move mv patch propdel propedit propget proplist propset relocate resolve resolved
      revert status st switch unlock update up upgrade`,
    jj: `abandon absorb backout bookmark commit describe desc diff diffedit duplicate edit evolog file help interdiff log new next
      op operation parallelize prev rebase resolve restore root show simplify-parents sparse split squash st status tag undo
      unsquash version workspace`,
  }).map(([program, names]) => [program, new Set(names.split(/\s+/))]),
)

/** With `run`, or the name of a file, they start a program of the project, which gets the words that follow. */
const RUN_PROGRAMS = new Set(['bun', 'deno', 'go', 'cargo', 'dotnet', 'buildah'])

/** They manage packages and run tasks. */
const MANAGERS = new Set(
  `
  npm pnpm yarn bun deno pip pip3 pipenv poetry pdm uv rye hatch conda mamba gem bundle bundler composer cargo rustup go mix rebar3
  stack cabal opam luarocks nuget dotnet mvn gradle gradlew sbt lein brew apt apt-get apt-cache aptitude dpkg dnf yum rpm pacman apk
  zypper snap flatpak choco winget scoop port nix-env nvm fnm nodenv pyenv rbenv asdf mise volta sdk

  make gmake ninja cmake ctest meson task rake bazel buck nx turbo lerna ng jest vitest mocha ava pytest tox nox eslint
  prettier biome tsc tsgo stylelint ruff black isort flake8 pylint mypy pyright rubocop rspec phpunit shellcheck shfmt hadolint
  golangci-lint gofmt rustfmt rustc gcc cc g++ c++ clang clang++ javac ld protoc vite webpack rollup esbuild next nuxt astro
  pre-commit act serve http-server

  systemctl service rc-service aws gcloud gsutil az bq doctl fly flyctl heroku vercel netlify wrangler firebase eb sam cdk ansible
  ansible-playbook terraform tofu pulumi vagrant helm k9s kind buildah skopeo
  `
    .trim()
    .split(/\s+/),
)

const PLAIN_PROGRAMS = new Set(
  `
  : [ [[ alias bg bind break builtin caller cd complete compopt continue dirs disown echo enable exit false
  fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt
  suspend test times true type ulimit umask unalias unset wait which whereis command man info apropos whatis tldr

  cp gcp mv gmv ln gln rm grm mkdir gmkdir rmdir touch gtouch chmod gchmod chown gchown chgrp install ginstall link unlink dd
  truncate mktemp mkfifo mknod tee shred rsync sed gsed awk gawk mawk nawk find gfind fd fdfind tar gtar bsdtar unzip
  gzip gunzip bzip2 xz zstd 7z cpio ar patch split csplit code cursor subl vi vim nvim emacs less more bat view
  trash ed ex

  ps pgrep pkill killall pidof lsof fuser top htop free uptime who w id groups crontab journalctl loginctl update-alternatives
  update-rc.d sc ping dig host nslookup curl http xh

  git docker-compose podman-compose kubectl oc
  `
    .trim()
    .split(/\s+/),
)
