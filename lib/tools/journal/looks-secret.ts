import { foldPath } from '../../fs/fold-path.ts'

/** Whether a file looks as if it contained keys, tokens or passwords, by its name below a directory: its content is not copied. */
export function looksSecret(name: string): boolean {
  const parts = foldPath(name).split('/')
  const file = parts.pop() ?? ''
  if (parts.some((part) => SECRET_DIRECTORIES.has(part))) return true
  if (EXAMPLE.test(file)) return false
  return SECRET_FILES.has(file) || SECRET_NAME.test(file)
}

const SECRET_DIRECTORIES: ReadonlySet<string> = new Set([
  ...['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.gcloud', '.terraform.d'],
  ...['.password-store', '.vault', '.secrets', '.keys'],
])

const SECRET_FILES: ReadonlySet<string> = new Set([
  ...['.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc', '.netrc', '_netrc', '.git-credentials'],
  ...['.pgpass', '.my.cnf', '.mylogin.cnf', '.s3cfg', '.boto', '.vault-token', '.htpasswd'],
  ...['credentials', 'credentials.json', 'credentials.toml', 'credentials.yml', '.envrc'],
  ...['secrets.json', 'secrets.toml', 'secrets.yml', 'secrets.yaml', 'service-account.json'],
  ...['terraform.tfstate', 'terraform.tfstate.backup', 'master.key', '.dockercfg'],
])

const SECRET_NAME =
  /^\.env(\.|$)|\.env$|^id_[a-z0-9_-]+$|\.(pem|key|p12|pfx|p8|jks|keystore|kdbx|ppk|asc|gpg|tfvars)$|^\.[^/]*(history|histfile)$/

/** What a project shows of it. */
const EXAMPLE = /\.(example|sample|template|dist|pub)$/
