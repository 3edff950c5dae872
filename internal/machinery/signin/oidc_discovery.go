package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"peerscape/internal/fault"
)

// What asking a provider may take.
const (
	within  = 10 * time.Second // one request
	largest = 1 << 20          // bytes of an answer
	tries   = 2                // for the addresses
	between = 100 * time.Millisecond
	rest    = 15 * time.Second // before it is asked again
)

// known is what a provider has told of itself.
type known struct {
	provider    *oidc.Provider
	oauth       oauth2.Config
	verifier    *oidc.IDTokenVerifier
	tellsIssuer bool // in its answers (RFC 9207)
}

// find returns what is known of the provider, asking it where nothing is. It is
// asked once for all who wait, and left alone for a while when it did not answer.
func (p *Provider) find(ctx context.Context) (*known, error) {
	if k := p.known.Load(); k != nil {
		return k, nil
	}
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if k := p.known.Load(); k != nil {
		return k, nil
	}
	if since := p.config.Now().Sub(p.failed); p.why != nil && since >= 0 && since < rest {
		return nil, silent(p.why)
	}
	k, err := p.discover(ctx)
	for try := 1; try < tries && err != nil && ctx.Err() == nil; try++ {
		select {
		case <-time.After(between):
			k, err = p.discover(ctx)
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil && err != nil {
		return nil, ctx.Err() // the visitor went; the provider may be well
	}
	if err != nil {
		p.failed, p.why = p.config.Now(), err
		return nil, silent(err)
	}
	p.known.Store(k)
	return k, nil
}

// discover asks the provider for its addresses.
func (p *Provider) discover(ctx context.Context) (*known, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.http), p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask %s for its addresses: %s", p.config.Issuer, fault.Clip(err.Error(), 300))
	}
	var told struct {
		Auth     string   `json:"authorization_endpoint"`
		Token    string   `json:"token_endpoint"`
		Keys     string   `json:"jwks_uri"`
		UserInfo string   `json:"userinfo_endpoint"`
		Methods  []string `json:"token_endpoint_auth_methods_supported"`
		Tells    bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&told); err != nil {
		return nil, fmt.Errorf("read the addresses of %s: %w", p.config.Issuer, err)
	}
	local := isLocal(p.config.Issuer)
	for _, address := range []string{told.Auth, told.Token, told.Keys, told.UserInfo} {
		if address == "" && address == told.UserInfo {
			continue // it need not have one
		}
		if _, err := safe(address, local); err != nil {
			return nil, fmt.Errorf("%s names the address %q: need %w", p.config.Issuer, fault.Clip(address, 120), err)
		}
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = p.style(told.Methods)
	return &known{
		provider: provider,
		oauth: oauth2.Config{
			ClientID: p.config.Client, ClientSecret: p.config.Secret, RedirectURL: p.config.Redirect,
			Endpoint: endpoint, Scopes: p.scopes(),
		},
		verifier:    provider.Verifier(&oidc.Config{ClientID: p.config.Client, Now: p.config.Now}),
		tellsIssuer: told.Tells,
	}, nil
}

// scopes is what we ask for.
func (p *Provider) scopes() []string {
	asked := p.config.Scopes
	if asked == nil {
		asked = []string{oidc.ScopeEmail, oidc.ScopeProfile}
	}
	return append([]string{oidc.ScopeOpenID}, slices.DeleteFunc(slices.Clone(asked), func(s string) bool { return s == oidc.ScopeOpenID })...)
}

// Issuer returns the provider's address, which names it in an Identity.
func (p *Provider) Issuer() string { return p.config.Issuer }

// style is how we show our secret: as a header unless the provider wants a form.
// Finding out by trying would spend the code.
func (p *Provider) style(methods []string) oauth2.AuthStyle {
	if p.config.Secret == "" || len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// safe reads an address that secrets may be sent to: encrypted, or of this very
// machine where local. Its error says what is wanted.
func safe(address string, local bool) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && !(local && isLocal(address)) {
		return nil, errors.New("an address that begins with https://")
	}
	return u, nil
}

func isLocal(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// limited is a client that asks with the transport of another, but not for ever,
// not for much, and only where it was told to.
func limited(c *http.Client) *http.Client {
	transport := http.RoundTripper(http.DefaultTransport)
	if c != nil && c.Transport != nil {
		transport = c.Transport
	}
	return &http.Client{
		Transport: bounded{transport}, Timeout: within,
		// A redirect would carry the code or the token on to somebody else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded refuses the rest of an answer that is too large.
type bounded struct{ http.RoundTripper }

// RoundTrip asks, and bounds what is read of the answer.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{http.MaxBytesReader(nil, res.Body, largest), res.Body}
	}
	return res, err
}
