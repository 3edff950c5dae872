package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"peerscape/internal/fault"
)

// ProviderConfig says which identity provider people may come from (OpenID
// Connect, authorization code with PKCE). It prints without its secret.
type ProviderConfig struct {
	Issuer   string       // the provider's address, to the letter as it writes it itself
	Client   string       // our name there
	Secret   string       `json:"-"` // empty: PKCE alone protects the code
	Redirect string       // our address, to which it sends people back
	Scopes   []string     // what is asked for beside openid; nil: email and profile
	Strong   []string     // values of acr by which it asserts a second factor, beside those of OpenID
	HTTP     *http.Client // for its transport; limits are set here
	Random   io.Reader    // 32 bytes for each of three secrets of a visit
	Now      func() time.Time
}

// String returns the issuer and our name there.
func (c ProviderConfig) String() string { return c.Issuer + " as " + c.Client }

// GoString keeps the secret out of %#v.
func (c ProviderConfig) GoString() string { return c.String() }

// Provider is an identity provider. It is asked for its addresses at the first
// visit, so that the program starts without it. Safe for several at once.
type Provider struct {
	config ProviderConfig
	http   *http.Client
	known  atomic.Pointer[known]
	turn   chan struct{} // of who asks for the addresses
	failed time.Time     // when asking failed last; held by turn
	why    error         // and why
}

// Identity is who the provider says somebody is. Issuer and Subject together
// name a person for ever; an address may pass to another one. Texts are the
// provider's: nobody has checked them.
type Identity struct {
	Issuer        string
	Subject       string
	Email         string    // empty where it does not tell
	EmailVerified bool      // it says that the address is hers; believe it of a provider that you know
	Name          string    // empty where it does not tell
	Proved        time.Time // when she last proved herself there; zero where it does not tell
	Strong        bool      // it says that she gave a second factor there
}

// visit is what we remember of somebody whom we sent to the provider.
type visit struct {
	Issuer, Client string
	State, Nonce   string
	Verifier       string // PKCE: shows that who brings the code is who asked for it
	Again          bool
	Begun          time.Time
}

// visitLasts is how long somebody may take at the provider, and skew by how much
// its clock may go before ours.
const (
	visitLasts = 15 * time.Minute
	skew       = time.Minute
)

// NewProvider checks the addresses of a provider. It asks nobody. Its errors are
// Invalid faults.
func NewProvider(c ProviderConfig) (*Provider, error) {
	issuer, err := safe(c.Issuer, true)
	if err == nil && (issuer.RawQuery != "" || issuer.ForceQuery) {
		err = errors.New("an address without a query")
	}
	if err != nil {
		return nil, badConfig("issuer", c.Issuer, err)
	}
	if _, err := safe(c.Redirect, true); err != nil {
		return nil, badConfig("redirect", c.Redirect, err)
	}
	if c.Client == "" {
		return nil, badConfig("client", c.Client, errors.New("our name at the provider"))
	}
	return &Provider{config: c, http: limited(c.HTTP), turn: make(chan struct{}, 1)}, nil
}

// AuthURL begins a visit: it returns the address to send the browser to, and the
// state that the caller keeps on our side for Exchange. The caller ties the state
// to this browser with a cookie, so that nobody can be signed in as somebody else
// by a link. With again the provider must ask her anew, although it knows her.
func (p *Provider) AuthURL(ctx context.Context, again bool) (address string, state []byte, err error) {
	k, err := p.find(ctx)
	if err != nil {
		return "", nil, err
	}
	v := visit{Issuer: p.config.Issuer, Client: p.config.Client, Again: again, Begun: p.config.Now()}
	for _, secret := range []*string{&v.State, &v.Nonce, &v.Verifier} {
		if *secret, err = NewToken(p.config.Random); err != nil {
			return "", nil, err
		}
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(v.Nonce), oauth2.S256ChallengeOption(v.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	if state, err = json.Marshal(v); err != nil {
		return "", nil, fmt.Errorf("keep a visit: %w", err)
	}
	return k.oauth.AuthCodeURL(v.State, options...), state, nil
}

// Exchange ends a visit: answer are the parameters with which the browser came
// back. It checks that they belong to the state, gives the code to the provider
// and checks its signed answer: issuer, audience, times, nonce. The caller uses
// the state once. Its errors are faults: Denied where the answer is not to be
// believed or the provider said no, Conflict where the visit took too long,
// Unavailable where the provider does not answer.
func (p *Provider) Exchange(ctx context.Context, state []byte, answer url.Values) (*Identity, error) {
	v, err := p.returned(state, answer)
	if err != nil {
		return nil, err
	}
	k, err := p.find(ctx)
	if err != nil {
		return nil, err
	}
	if k.tellsIssuer && !answer.Has("iss") {
		return nil, refusedAnswer(errors.New("the answer does not tell its issuer"))
	}
	ctx = oidc.ClientContext(ctx, p.http)
	token, err := k.oauth.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(v.Verifier))
	if err != nil {
		return nil, refusedCode(err)
	}
	c, err := k.claims(ctx, token)
	if err != nil {
		return nil, refusedAnswer(err)
	}
	if err := v.check(c); err != nil {
		return nil, refusedAnswer(err)
	}
	if c.Email == "" {
		if err := k.ask(ctx, token, c); err != nil {
			return nil, err
		}
	}
	return c.identity(p.config.Issuer, p.config.Strong), nil
}

// returned checks what the browser brought back, before anybody is asked.
func (p *Provider) returned(state []byte, answer url.Values) (*visit, error) {
	var v visit
	if err := json.Unmarshal(state, &v); err != nil {
		return nil, refusedAnswer(fmt.Errorf("read the visit: %w", err))
	}
	for _, name := range []string{"state", "code", "error", "iss"} {
		if len(answer[name]) > 1 {
			return nil, refusedAnswer(fmt.Errorf("%s stands there twice", name))
		}
	}
	took := p.config.Now().Sub(v.Begun)
	switch {
	case v.Issuer != p.config.Issuer || v.Client != p.config.Client:
		return nil, refusedAnswer(errors.New("the visit was to another provider"))
	case v.State == "" || v.Nonce == "" || !same(answer.Get("state"), v.State):
		return nil, refusedAnswer(errors.New("the answer is to another visit"))
	case took < -skew || took > visitLasts:
		return nil, fault.New(fault.Conflict, "signin.provider-late", "signing in took too long").Do("Begin again")
	case answer.Has("iss") && answer.Get("iss") != p.config.Issuer:
		return nil, refusedAnswer(errors.New("the answer is of another provider"))
	case answer.Has("error"):
		return nil, refusedThere(answer.Get("error"))
	case answer.Get("code") == "":
		return nil, refusedAnswer(errors.New("there is no code"))
	}
	return &v, nil
}

// check compares a verified token with the visit that it must come from.
func (v *visit) check(c *claims) error {
	switch {
	case !same(c.nonce, v.Nonce): // a token that was made for another visit
		return errors.New("the nonce is not ours")
	case c.subject == "" || len(c.subject) > 255:
		return fmt.Errorf("a subject of %d characters", len(c.subject))
	case c.Party != "" && c.Party != v.Client, len(c.audience) > 1 && c.Party == "":
		return errors.New("the token was made for another party")
	case v.Again && c.proved().Before(v.Begun.Add(-skew)):
		return errors.New("the provider did not ask her anew")
	}
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func badConfig(what, value string, why error) error {
	value = fault.Clip(value, 120)
	return fault.New(fault.Invalid, "signin.provider-config", "the identity provider's %s is %q", what, value).
		With("what", what).With("value", value).Do("Write %v", why)
}

func refusedAnswer(why error) error {
	return fault.New(fault.Denied, "signin.provider-answer", "the answer of the identity provider was not accepted").Do("Begin again").Because(why)
}

// refusedThere is the provider's own refusal (RFC 6749, 4.1.2.1).
func refusedThere(code string) error {
	why := errors.New(fault.Clip(code, 80))
	if code == "temporarily_unavailable" || code == "server_error" {
		return silent(why)
	}
	return fault.New(fault.Denied, "signin.provider-refused", "the identity provider did not sign you in").Do("Begin again, or sign in another way").Because(why)
}

// refusedCode sorts why a code brought no token. The text of the provider's reply
// stays out: it is nobody's but the provider's what stands there.
func refusedCode(err error) error {
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		return silent(err)
	case r.ErrorCode == "invalid_grant": // used, too old, of somebody else
		return refusedAnswer(errors.New("the code is not good: invalid_grant"))
	default:
		return silent(fmt.Errorf("exchange the code: %s, %q", r.Response.Status, fault.Clip(r.ErrorCode, 80)))
	}
}

func silent(why error) error {
	return fault.New(fault.Unavailable, "signin.provider", "the identity provider does not answer as it should").
		Do("Try again later, or sign in another way").Because(why)
}
