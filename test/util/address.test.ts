import { expect } from 'chai'
import { readAddress } from '../../lib/util/address.ts'

describe('An address of a server', () => {
  for (const [written, address] of [
    ['http://letta.example.com/', 'http://letta.example.com'],
    [' HTTPS://letta.example.com ', 'HTTPS://letta.example.com'],
    ['localhost:8283', 'http://localhost:8283'],
    ['[::1]:8283', 'http://[::1]:8283'],
    ['192.168.1.5:11434/v1/', 'http://192.168.1.5:11434/v1'],
    ['gpu-box:11434', 'http://gpu-box:11434'],
    ['letta.example.com', 'https://letta.example.com'],
    ['10.1.2.3:8283', 'http://10.1.2.3:8283'],
    ['172.16.0.1:8283', 'http://172.16.0.1:8283'],
    ['10.example.com', 'https://10.example.com'],
    ['127.example.com:8283', 'https://127.example.com:8283'],
    ['192.168.example.com', 'https://192.168.example.com'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['models.example.com:8080/v1', 'https://models.example.com:8080/v1'],
  ] as const) {
    it(`is ${address} when it is written “${written}”`, () => {
      expect(readAddress(written)).to.equal(address)
    })
  }

  for (const written of [
    '',
    'localhost',
    'cluod',
    'my endpoint',
    'ftp://localhost:1/',
    'localhost:99999',
    'MyHost:8080',
    'me:password@letta.example.com',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  ]) {
    it(`is not read from “${written}”`, () => {
      expect(readAddress(written)).to.equal(null)
    })
  }
})
