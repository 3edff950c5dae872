package cli

import (
	"fmt"
	"net/netip"
	"net/url"

	"peerscape/internal/app"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
)

// serveCommand serves until it is interrupted.
type serveCommand struct {
	Addr   string `default:"127.0.0.1:8080" env:"PEERSCAPE_ADDR" help:"Address to answer on (${env}, default ${default}). Port 0 takes a free one."`
	Origin string `env:"PEERSCAPE_ORIGIN" placeholder:"URL" help:"Address under which people reach the site, such as https://peerscape.example.org (${env}); left out, links have no site and there are no passkeys."`

	OIDC       string         `type:"existingfile" placeholder:"FILE" env:"PEERSCAPE_OIDC" name:"oidc" help:"List of identity providers, see docs/identity.md (${env}); needs --origin."`
	Proxy      []netip.Prefix `placeholder:"CIDR" env:"PEERSCAPE_PROXY" help:"Networks of proxies that are believed about a visitor's address, such as 10.0.0.0/8 (${env}); none by default."`
	Subdomains bool           `env:"PEERSCAPE_HSTS_SUBDOMAINS" name:"hsts-subdomains" help:"Have browsers ask all sites below --origin encrypted alone (${env})."`
	Gallery    bool           `env:"PEERSCAPE_GALLERY" help:"Show the examples of components to everybody (${env})."`

	Messages string `type:"existingdir" placeholder:"DIR" env:"PEERSCAPE_MESSAGES" help:"Folder of further catalogue files, made by messages import (${env})."`
}

func (c *serveCommand) Run(s *session) error {
	origin, err := c.origin()
	if err != nil {
		return err
	}
	providers, err := readProviders(c.OIDC)
	if err != nil {
		return err
	}
	a, err := app.Open(s, app.Config{
		DSN: s.global.DB, Version: version, Log: s.logger(), Now: s.Now, Origin: origin, Messages: catalogues(c.Messages), Snapshot: true,
		Providers: providers, Guarded: []people.Role{people.Administrator, people.ProjectManager},
		Proxies: c.Proxy, Subdomains: c.Subdomains, Gallery: c.Gallery,
	})
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	code, err := a.People.SetupCode(s)
	if err != nil {
		return err
	}
	return a.Serve(s, c.Addr, func(at string) {
		fmt.Fprintf(s.Out, "Peerscape answers on %s\n", at)
		if code != "" {
			if origin != nil {
				at = origin.String() + "/"
			}
			fmt.Fprintf(s.Out, "Nobody runs it yet. Open %ssetup?code=%s to make the first account.\n", at, code)
		}
		fmt.Fprintln(s.Out, "Stop it with Ctrl+C.")
	})
}

// origin reads the address under which people reach the site.
func (c *serveCommand) origin() (*url.URL, error) {
	if c.Origin == "" {
		return nil, nil
	}
	u, err := url.Parse(c.Origin)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, fault.New(fault.Invalid, "serve.origin", "%q is not the address of a site", fault.Clip(c.Origin, 80)).Do("Write scheme and host alone, such as https://peerscape.example.org").Because(err)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}
