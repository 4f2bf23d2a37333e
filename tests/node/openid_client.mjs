// Web portals written with openid-client, all on one port: /NAME/sign-in, /NAME/callback and so on, told as JSON.
// Started with one argument: the name of a JSON file of the port, the issuer and the clients by name.
import { randomUUID, webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Party } from './party.mjs'

// Debian 12's node has Web Crypto, but not yet by its global names.
globalThis.crypto ??= webcrypto
globalThis.CryptoKey ??= webcrypto.CryptoKey

const { port, issuer, clients } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const origin = `http://127.0.0.1:${port}`
const parties = {}
const visits = new Map()

function partyOf(name) {
  parties[name] ??= Party.discover(issuer, `${origin}/${name}`, clients[name])
  return parties[name]
}

// What a portal remembers of one browser: what it asked, what it was told.
function visitOf(name, request, headers) {
  const cookie = `portal-${name}`
  const known = (request.headers.cookie ?? '').match(new RegExp(`${cookie}=([^;]+)`))?.[1]
  if (visits.has(known)) return visits.get(known)
  const id = randomUUID()
  visits.set(id, { asked: {}, told: null })
  headers['Set-Cookie'] = `${cookie}=${id}; Path=/; HttpOnly; SameSite=Lax`
  return visits.get(id)
}

const found = (location) => ({ status: 302, location })
const told = (document) => ({ status: 200, document })

const PAGES = {
  // Whatever stands in the query goes into the authorization request.
  'GET sign-in': async ({ party, visit, query }) => {
    const { location, asked } = await party.ask(query)
    visit.asked[asked.state] = asked
    return found(location.href)
  },
  'GET callback': async (here) => take(here, here.query, here.url),
  'POST callback': async (here) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return take(here, here.form, new Request(here.url, { method: 'POST', headers, body: here.form.toString() }))
  },
  'GET ': async ({ visit }) => told(visit.told ?? { signed_in: false }),
  'POST refresh': async ({ party, visit, form }) => {
    const token = form.get('refresh_token') ?? visit.told.refresh_token
    form.delete('refresh_token')
    const tokens = await party.refresh(token, form)
    if (visit.told) visit.told = { ...visit.told, ...tokens }
    return told(tokens)
  },
  'POST own': async ({ party, form }) => told(await party.own(form)),
  'POST userinfo': async ({ party, visit, form }) => {
    const token = form.get('token') ?? visit.told.access_token
    return told(await party.userinfo(token, visit.told.claims.sub, form.get('how') ?? 'get'))
  },
  'POST introspect': async ({ party, form }) => told(await party.introspect(form.get('token'))),
  'POST revoke': async ({ party, form }) => {
    await party.revoke(form.get('token'))
    return told({ revoked: true })
  },
  'GET sign-out': async ({ party, visit }) => {
    visit.leaving = randomUUID()
    const { id_token } = visit.told
    visit.told = null
    return found(party.goodBye(id_token, visit.leaving).href)
  },
  'GET signed-out': async ({ visit, query }) => {
    if (query.toString() !== `state=${visit.leaving}`) throw new Error('signed-out: not the state that was sent')
    return told({ signed_out: true })
  },
  'POST backchannel-logout': async ({ party, form }) => {
    const { sub, sid } = await party.farewell(form.get('logout_token') ?? '')
    for (const visit of visits.values()) {
      const { claims, client_id } = visit.told ?? {}
      if (claims && client_id === party.known.client_id && claims.sub === sub && claims.sid === sid) visit.told = null
    }
    return told({ sub, sid })
  },
}

async function take({ party, visit, query }, answer, source) {
  const asked = visit.asked[answer.get('state')]
  if (!asked) throw new Error('no such state')
  delete visit.asked[asked.state]
  visit.told = { ...(await party.take(asked, source, query.get('resource'))), client_id: party.known.client_id }
  return told(visit.told)
}

async function bodyOf(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return new URLSearchParams(text)
}

async function answer(request) {
  const url = new URL(request.url, origin)
  const [, name, path = ''] = url.pathname.split('/')
  const page = PAGES[`${request.method} ${path}`]
  const headers = { 'Cache-Control': 'no-store' }
  if (!page || !(name in clients)) return { status: 404, headers, document: { error: 'not found' } }
  try {
    const party = await partyOf(name)
    const here = { party, visit: visitOf(name, request, headers), url, query: url.searchParams }
    return { ...(await page({ ...here, form: await bodyOf(request) })), headers }
  } catch (fault) {
    // An error of the protocol has `error`; what the library itself refuses has a `code` and a cause. An answer with a
    // challenge is left unread by the library.
    const { error, error_description, code, message } = fault
    const challenged = code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' ? await fault.response.json() : {}
    const cause = fault.cause?.message
    return { status: 400, headers, document: { error, error_description, code, message, cause, ...challenged } }
  }
}

const server = createServer(async (request, response) => {
  const { status, headers, location, document } = await answer(request)
  if (location) headers.Location = location
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json' })
  response.end(document ? JSON.stringify(document) : '')
})
server.listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
