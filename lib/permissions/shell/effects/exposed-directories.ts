import type { FsView } from '../../facts/facts.ts'
import { firstValue } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import { READONLY_PROGRAMS } from '../tables/readonly-programs.ts'
import type { SimpleCommand } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'
import { copiedByGit } from './copied-by-git.ts'
import { touchedFiles } from './touched-files.ts'

interface ExposedDirectory {
  readonly directory: string
  readonly access: 'read' | 'write'
}

/**
 * Directories of which a command could show, copy, send or change what is inside: those that an archiver, a container, a server or
 * a program that is not known here names, and the working directory where a program takes that without a word. Used only to find what a
 * rule denies.
 */
export function* exposedDirectories(
  command: SimpleCommand,
  view: FsView,
): Generator<ExposedDirectory> {
  const name = programName(command.words[0])
  if (name === null) return
  const args = command.words.slice(1).map(firstValue)
  const text = args.join(' ')
  const here = command.directories ?? [view.directory]
  for (const access of takesWorkingDirectory(name, text)) {
    for (const directory of here) yield { directory, access }
  }
  if (name === 'git') {
    for (const directory of copiedByGit(command, view)) yield { directory, access: 'read' }
    if (!changesWorkTree(command)) return
    for (const one of here)
      yield { directory: view.findGitTop(view.resolve(one)) ?? one, access: 'write' }
    return
  }
  const isMount = MOUNTS.has(name)
  const changes = isMount && !BUILDS_IMAGE.test(text)
  const startsOther = command.inner !== null && !command.inner.isElsewhere
  if (startsOther && !isMount) return
  const reads =
    isMount ||
    !(READONLY_PROGRAMS.has(name) || LEAVES_CONTENT.has(name) || DEVELOPMENT_TOOLS.has(name))
  const writes = changes || (reads && COPIES.test(text)) || rewrites(name, args)
  if (!reads && !writes) return
  for (const { access, file } of touchedFiles(command, view)) {
    if (access !== 'read' || !view.exists(`${file}/.`)) continue
    if (reads) yield { directory: file, access: 'read' }
    if (writes) yield { directory: file, access: 'write' }
  }
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** They give a directory another place, where rules do not know it. */
const MOUNTS =
  words(`docker podman nerdctl buildah docker-compose podman-compose bwrap proot mount systemd-nspawn apptainer
  singularity chroot lxc incus multipass vagrant limactl ln`)

const BUILDS_IMAGE = /(^|\s)(build|bud|image|buildx)(\s|$)/

const COPIES = /(^|\s)(sync|rsync|cp|copy|pull|download|restore|clone|extract)(\s|$)/

/** They name directories without showing or copying what is inside, or are judged by their options. */
const LEAVES_CONTENT =
  words(`cd pushd popd test [ mkdir rmdir rm unlink chmod chown chgrp touch find printf sed gsed perl awk gawk
  mawk cp install scp rsync dd tee export declare typeset local readonly unset set read source . command type which xargs env printenv
  fd fdfind rg ag ack jq yq curl wget http`)

/** They build, check, run or edit code. What they do with a directory is up to them, as it is with every script. */
const DEVELOPMENT_TOOLS =
  words(`eslint prettier biome tsc tsx ts-node node deno bun npm npx pnpm pnpx yarn bunx vitest jest mocha ava playwright
  cypress webpack vite rollup esbuild parcel turbo nx lerna stylelint markdownlint oxlint pytest python python3 ruff mypy pyright black
  isort flake8 pylint autopep8 yapf tox nox coverage poetry uv pip pip3 pipenv go gofmt goimports golangci-lint cargo rustc rustfmt make
  gmake cmake ctest ninja meson bazel bazelisk gradle gradlew mvn ant sbt java javac kotlinc swift xcodebuild dotnet gcc g++ cc c++
  clang clang++ clang-format clang-tidy ruby bundle rake rspec rubocop php composer phpunit phpstan prove lua luacheck shellcheck
  shfmt hadolint yamllint terraform tofu code cursor subl idea open xdg-open vim nvim vi emacs nano tmux letta gh`)

/** They change every file of a directory, with an option or without one. */
function rewrites(name: string, args: readonly string[]): boolean {
  return FORMATTERS.has(name) || args.some((one) => REWRITING_OPTION.test(one))
}

const FORMATTERS = words('black isort yapf rustfmt')

const REWRITING_OPTION = /^(--(write|fix|in-?place|apply\S*|update-all)|-w|-i|-U|fmt|format)$/

/** How a program takes the working directory although no word names it. */
function takesWorkingDirectory(name: string, text: string): readonly ('read' | 'write')[] {
  const reads = TAKING.some(([programs, call]) => programs.test(name) && call.test(text))
  const writes = EXTRACTING.some(([programs, call]) => programs.test(name) && call.test(text))
  return [...(reads ? (['read'] as const) : []), ...(writes ? (['write'] as const) : [])]
}

type Call = readonly [programs: RegExp, call: RegExp]

const TAKING: readonly Call[] = [
  [
    /^(docker|podman|nerdctl)$/,
    /(^|\s)(compose\s.*\b(up|config|convert|run|build|create|watch)|bake|stack|play|kube)(\s|$)/,
  ],
  // They build, package, deploy or send the project by their nature.
  [
    /^(pulumi|skaffold|tilt|garden|werf|earthly|act|dagger|sls|amplify|copilot|deployctl|modal|convex|supabase|expo|eas|fastlane|func|snapcraft|debuild|dpkg-buildpackage|rpmbuild|makepkg|nix|nix-build|nix-shell|guix|flatpak-builder|ko|pack|nixpacks|surge|now|repomix|gitingest|snyk|semgrep|sonar-scanner|gitleaks|detect-secrets|codecov|coveralls|miniserve|dufs|webfsd|simple-http-server|browser-sync|syncthing|unison|gitlab-runner|circleci|drone|dotenv|dotenvx)$/,
    /^(?!(--?version|version|--?help|help|login|logout|whoami)\b)/,
  ],
  [/^(vercel|netlify|wrangler)$/, /^$|^(dev|build|deploy|publish|pages|--prod)\b/],
  [/^(flyctl|fly)$/, /^launch\b/],
  [/^vagrant$/, /^(up|rsync|reload|provision)\b/],
  [/^sam$/, /^(build|sync)\b/],
  // Packages of the language are built from what is in the directory.
  [
    /^(uv|hatch|flit|pdm|poetry|gem|python[\d.]*|pypy\d*)$/,
    /^(-m (hatch|flit|pdm|poetry) )?(build|publish|push)\b/,
  ],
  [
    /^(pip[\d.]*|pipx|uv|python[\d.]*|pypy\d*)$/,
    /\b(install|wheel|download|sync)\s(.*\s)?((-e|--editable)[ =]?)?(\.{1,2}\/?|\.{1,2}\[\S*|file:\S*)(\s|$)/,
  ],
  [/^cargo$/, /^(vendor$|install\s.*--path)/],
  [/^(yarn|pnpm|bun|npm)$/, /^(add|i|install)\s(.*\s)?(\S+@)?(file|link):/],
  [/^(npx|pnpx|bunx|dlx)$/, /^(-\S+ )*(repomix|code2prompt|gitingest|files-to-prompt)\b/],
  // Without an operand, they build from the working directory.
  [/^(podman|buildah)$/, /(^|\s)(build|bud)(\s|$)/],
  [/^(docker|podman)-compose$/, /(^|\s)(up|config|convert|run|build|create|watch)(\s|$)/],
  [/^(python[\d.]*|pypy\d*)$/, /(^|\s)-m\s?(http\.server|zipfile|tarfile|build)(\s|$)/],
  [/^php$/, /(^|\s)-S/],
  [/^ruby$/, /(^|\s)-run(\s|$)/],
  [/^(npm|pnpm|yarn|bun|cargo|poetry|twine)$/, /(^|\s)(pack|package|publish)(\s|$)/],
  [
    /^(npx|pnpx|bunx|dlx)$/,
    /^(-\S+ )*(http-server|serve|live-server|local-web-server|surge|gh-pages|vercel|netlify|wrangler)/,
  ],
  [
    /^(vercel|netlify|wrangler|fly|flyctl|railway|firebase|heroku|eb|surge|sam|serverless|cdk|gcloud|az|gsutil|aws)$/,
    /(^|\s)(deploy|submit|up|push|--prod|package|builds:create|container:push)(\s|$)/,
  ],
  [/^(caddy|busybox|twistd|serve|http-server|live-server)$/, /^/],
  [/^(ag|ack)$/, /(^|\s)(-\w*[at]|--all-types|--noignore\S*)(\s|$)/],
  [/^(ugrep|ug)$/, /(^|\s)(-\w*\.|--hidden)(\s|$)/],
  [/^git$/, /(^|\s)add\s.*-(-force|\w*f)|(^|\s)stash\s.*(-\w*a|--all)(\s|$)/],
]

const EXTRACTING: readonly Call[] = [
  [/^(tar|gtar|bsdtar|star)$/, /^-?[a-zA-Z]*x|(^|\s)(-\w*x|--extract|--get)/],
  [
    /^(unzip|unrar|patch|7z|7za|7zz|jar|ar|pax|cpio)$/,
    /^(?!.*(--dry-run|(^|\s)-\w*[lo]\s*$|^a\s))/,
  ],
  [/^python[\d.]*$/, /(^|\s)-m\s?(zipfile|tarfile)\s+-?-e/],
]

/** Whether a git command changes files that none of its words names. */
function changesWorkTree({ words }: SimpleCommand): boolean {
  const { subcommand } = skipGitOptions(words)
  const [name = '', ...args] = words.slice(subcommand).map(firstValue)
  const text = args.join(' ')
  const change = TREE_CHANGES.get(name)
  return change?.test(text) === true
}

const ANY = /^/

const TREE_CHANGES: ReadonlyMap<string, RegExp> = new Map([
  ['reset', /--(hard|merge|keep)/],
  ['clean', /^(?!.*(-\w*n|--dry-run))/],
  ['stash', /^(?!(list|show|drop|clear|create|store)\b)/],
  ['apply', /^(?!.*--(stat|check|numstat|summary|cached))/],
  ['checkout-index', ANY],
  ['sparse-checkout', ANY],
  ['lfs', /^(pull|checkout|migrate)/],
  ['submodule', /^(update|add|foreach)/],
  ['subtree', /^(add|pull|merge)/],
  ['rerere', /^$/],
  ['read-tree', /(^|\s)-\w*u/],
  ['bisect', /^(start|good|bad|skip|reset|run|old|new)/],
  ...['am', 'revert', 'merge', 'pull', 'rebase', 'cherry-pick'].map((name): [string, RegExp] => [
    name,
    ANY,
  ]),
  // A new branch begins where the files are.
  ['checkout', /^(?!-[bB] \S+$)(?!.*(^|\s)--(\s|$))\S/],
  ['switch', /^(?!-[cC] \S+$)\S/],
])
