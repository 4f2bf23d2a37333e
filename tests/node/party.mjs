// One registered client as openid-client knows it: its configuration, and its conversation with the provider.
import * as client from 'openid-client'
import { createRemoteJWKSet, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

const AUTHENTICATION = {
  client_secret_basic: async (known) => client.ClientSecretBasic(known.client_secret),
  client_secret_post: async (known) => client.ClientSecretPost(known.client_secret),
  private_key_jwt: async ({ jwk }) => client.PrivateKeyJwt({ key: await importJWK(jwk, jwk.alg), kid: jwk.kid }),
  none: async () => client.None(),
}

export class Party {
  // `known` is the registration with the secret or the private key; `algorithm` picks OpenID's discovery or RFC 8414's.
  static async discover(issuer, address, { algorithm, ...known }) {
    const method = known.token_endpoint_auth_method
    const authentication = await AUTHENTICATION[method](known)
    const { jwk, client_secret, ...metadata } = known
    const config = await client.discovery(new URL(issuer), known.client_id, metadata, authentication, {
      algorithm,
      execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
    })
    return new Party(config, address, known)
  }

  constructor(config, address, known) {
    Object.assign(this, { config, address, known })
    this.keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri))
  }

  // Returns where to send the browser, and what must be remembered until it comes back.
  async ask(wishes) {
    const state = client.randomState()
    const nonce = client.randomNonce()
    const verifier = client.randomPKCECodeVerifier()
    const parameters = new URLSearchParams({
      redirect_uri: `${this.address}/callback`,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    for (const name of new Set(wishes.keys())) {
      parameters.delete(name)
      for (const value of wishes.getAll(name)) parameters.append(name, value)
    }
    const maxAge = wishes.has('max_age') ? Number(wishes.get('max_age')) : undefined
    const location = client.buildAuthorizationUrl(this.config, parameters)
    return { location, asked: { state, nonce, verifier, maxAge, scope: parameters.get('scope') } }
  }

  // `answer` is the address that the browser came to, or the request by which a form_post page sent it.
  async take(asked, answer, resource) {
    const openid = asked.scope.split(' ').includes('openid')
    const checks = {
      expectedState: asked.state,
      expectedNonce: openid ? asked.nonce : undefined,
      pkceCodeVerifier: asked.verifier,
      maxAge: asked.maxAge,
      idTokenExpected: openid,
    }
    const tokens = await client.authorizationCodeGrant(this.config, answer, checks, resource ? { resource } : {})
    return this.told(tokens)
  }

  async refresh(token, more) {
    return this.told(await client.refreshTokenGrant(this.config, token, more))
  }

  async own(more) {
    return this.told(await client.clientCredentialsGrant(this.config, more))
  }

  // Tokens with the claims that openid-client has checked: signature, iss, aud, times, nonce, at_hash.
  told(tokens) {
    const claims = tokens.claims()
    return { ...tokens, claims, header: claims && decodeProtectedHeader(tokens.id_token) }
  }

  async userinfo(token, subject, how) {
    if (how === 'get') return client.fetchUserInfo(this.config, token, subject)
    const endpoint = new URL(this.config.serverMetadata().userinfo_endpoint)
    if (how === 'post') return (await client.fetchProtectedResource(this.config, token, endpoint, 'POST')).json()
    return (await fetch(endpoint, { method: 'POST', body: new URLSearchParams({ access_token: token }) })).json()
  }

  introspect(token) {
    return client.tokenIntrospection(this.config, token)
  }

  revoke(token) {
    return client.tokenRevocation(this.config, token)
  }

  goodBye(idToken, state) {
    const parameters = { post_logout_redirect_uri: `${this.address}/signed-out`, id_token_hint: idToken, state }
    return client.buildEndSessionUrl(this.config, parameters)
  }

  // OpenID Connect Back-Channel Logout 2.6.
  async farewell(token) {
    const { payload } = await jwtVerify(token, this.keys, {
      issuer: this.config.serverMetadata().issuer,
      audience: this.known.client_id,
      algorithms: [this.known.id_token_signed_response_alg ?? 'RS256'],
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: '10 minutes',
    })
    const event = payload.events[LOGOUT_EVENT]
    if (JSON.stringify(event) !== '{}' || Object.keys(payload.events).length !== 1) throw new Error('another event')
    if ('nonce' in payload) throw new Error('a nonce')
    if (!payload.sub && !payload.sid) throw new Error('nobody is named')
    return payload
  }
}
