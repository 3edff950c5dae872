package cli

import (
	"fmt"
	"net/netip"
	"net/url"

	"peerscape/internal/app"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// serveCommand serves until it is interrupted.
type serveCommand struct {
	Addr   string `default:"127.0.0.1:8080" env:"PEERSCAPE_ADDR" help:"Address to answer on (${env}, default ${default}). Port 0 takes a free one."`
	Origin string `env:"PEERSCAPE_ORIGIN" placeholder:"URL" help:"Address under which people reach the site, such as https://peerscape.example.org (${env}); left out, links have no site and there are no passkeys."`

	Files      string         `type:"path" placeholder:"DIR" env:"PEERSCAPE_FILES" help:"Folder of the files that people add (${env}); left out, it stands beside the database file, with .files after its name."`
	Room       int64          `default:"5120" env:"PEERSCAPE_ROOM" placeholder:"MB" help:"Room for the files of one partnership, in MB (${env}, default ${default})."`
	OIDC       string         `type:"existingfile" placeholder:"FILE" env:"PEERSCAPE_OIDC" name:"oidc" help:"List of identity providers, see docs/identity.md (${env}); needs --origin."`
	Proxy      []netip.Prefix `placeholder:"CIDR" env:"PEERSCAPE_PROXY" help:"Networks of proxies that are believed about a visitor's address, such as 10.0.0.0/8 (${env}); none by default."`
	Subdomains bool           `env:"PEERSCAPE_HSTS_SUBDOMAINS" name:"hsts-subdomains" help:"Have browsers ask all sites below --origin encrypted alone (${env})."`
	Gallery    bool           `env:"PEERSCAPE_GALLERY" help:"Show the examples of components to everybody (${env})."`

	Mail string `env:"PEERSCAPE_MAIL" placeholder:"URL" help:"Mail server that sends letters, such as smtp+starttls://user:password@host:587?from=name@domain (${env}), or folder:///path?from=name@domain; needs --origin."`
	Zone string `env:"PEERSCAPE_ZONE" placeholder:"ZONE" help:"Time zone of people who have named none, such as Europe/Helsinki (${env}); left out, UTC."`

	Messages string `type:"existingdir" placeholder:"DIR" env:"PEERSCAPE_MESSAGES" help:"Folder of further catalogue files, made by messages import (${env})."`
}

func (c *serveCommand) Run(s *session) error {
	origin, err := readOrigin(c.Origin)
	if err != nil {
		return err
	}
	files, err := c.files(s.global.DB)
	if err != nil {
		return err
	}
	providers, err := readProviders(c.OIDC)
	if err != nil {
		return err
	}
	sender, zone, err := letters(c.Mail, c.Zone)
	if err != nil {
		return err
	}
	a, err := app.Open(s, app.Config{
		DSN: s.global.DB, Version: version, Log: s.logger(), Now: s.Now, Origin: origin, Messages: catalogues(c.Messages),
		Files: files, Quota: c.Room << 20, Snapshot: true, Mail: sender, Zone: zone,
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

// files is the folder of the files that people add.
func (c *serveCommand) files(database string) (string, error) {
	switch {
	case c.Room < 1 || c.Room > 1<<30:
		return "", fault.New(fault.Invalid, "serve.room", "%d MB is no room for files", c.Room).Do("Write a number from 1 to %d", 1<<30)
	case c.Files != "":
		return c.Files, nil
	case db.Remote(database):
		return "", fault.New(fault.Invalid, "serve.files", "a database on a server has no folder beside it for the files that people add").Do("Name one with --files DIR")
	}
	return database + ".files", nil
}

// readOrigin reads the address under which people reach the site; an empty one is
// none.
func readOrigin(address string) (*url.URL, error) {
	if address == "" {
		return nil, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, fault.New(fault.Invalid, "serve.origin", "%q is not the address of a site", fault.Clip(address, 80)).Do("Write scheme and host alone, such as https://peerscape.example.org").Because(err)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}
