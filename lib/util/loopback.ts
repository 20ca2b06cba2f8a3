/** Whether a host name of a URL, or an address, certainly names this machine: to it keys and messages are sent unencrypted. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(host)
}
