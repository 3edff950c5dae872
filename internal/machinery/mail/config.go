package mail

import (
	"crypto/x509"
	"net"
	"net/mail"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerscape/internal/fault"
)

// Security says how a connection to a mail server is protected.
type Security string

// The kinds of protection, named as in addresses.
const (
	StartTLS      Security = "smtp+starttls" // begins in the clear, must change to TLS; port 587
	TLS           Security = "smtps"         // TLS from the first byte; port 465
	Opportunistic Security = "smtp"          // TLS if the server offers it; port 25
	Clear         Security = "smtp+clear"    // never TLS, for a relay on the same machine; port 25; no password
)

var ports = map[Security]int{StartTLS: 587, TLS: 465, Opportunistic: 25, Clear: 25}

// Config says which mail server is used and how. It prints without its password.
type Config struct {
	Security Security
	Host     string
	Port     int
	User     string // empty: without signing in
	password string
	Auth     Auth         // how to sign in; Strongest if empty
	From     mail.Address // what recipients see
	Envelope string       // where undeliverable messages go back to; From if empty
	Hello    string       // our name in the greeting; the name of this machine if empty
	Timeout  time.Duration
	Roots    *x509.CertPool // whom to trust; the machine's authorities if nil
}

// Auth is a way to sign in to a mail server.
type Auth string

// The ways to sign in. Plain and Login show the password to the server, so they
// happen on a protected connection only.
const (
	Strongest Auth = "auto" // the strongest that the server offers
	Plain     Auth = "plain"
	Login     Auth = "login"
)

// String returns the address without the password.
func (c Config) String() string {
	u := url.URL{Scheme: string(c.Security), Host: net.JoinHostPort(c.Host, strconv.Itoa(c.Port))}
	if c.User != "" {
		u.User = url.User(c.User)
	}
	return u.String()
}

// GoString keeps the password out of %#v.
func (c Config) GoString() string { return c.String() }

const defaultTimeout = 30 * time.Second

// Open makes a sender from an address:
//
//	smtp+starttls://user:password@mail.example.org:587?from=Peerscape <info@example.org>
//	smtps://..., smtp://..., smtp+clear://localhost?from=...
//	folder:///var/lib/peerscape/mail?from=...
//
// Parameters: from (required), and for servers envelope, hello, auth (auto, plain
// or login) and timeout (such as 30s, the default). Its errors are Invalid faults
// and never tell the password.
func Open(address string) (Sender, error) {
	u, err := parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "folder" {
		if err := parameters(u, "from"); err != nil {
			return nil, err
		}
		from, err := ParseAddress(u.Query().Get("from"))
		if err != nil {
			return nil, err
		}
		dir := u.Path
		if u.Host != "" { // folder://mail is the folder mail beside the program
			dir = filepath.Join(u.Host, u.Path)
		}
		return NewFolder(dir, from)
	}
	c, err := config(u)
	if err != nil {
		return nil, err
	}
	return NewSMTP(c)
}

// ParseConfig reads the address of a mail server, as described at Open.
func ParseConfig(address string) (Config, error) {
	u, err := parse(address)
	if err != nil {
		return Config{}, err
	}
	return config(u)
}

func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Fragment != "" || u.Opaque != "" { // the parser's error repeats the address, and so the password
		return nil, invalid("config", "the address of the mail server cannot be read").
			Do("Write it as smtp+starttls://user:password@host:587?from=name@domain, with / ? # @ : and %% in the password written as %%2F %%3F %%23 %%40 %%3A %%25")
	}
	return u, nil
}

func parameters(u *url.URL, known ...string) error {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return invalid("config", "the parameters of the mail server's address cannot be read")
	}
	for name, v := range values {
		if !slices.Contains(known, name) {
			return fault.Unknown("mail.parameter", "parameter", name, known)
		}
		if len(v) != 1 {
			return invalid("config", "the parameter %s stands twice in the mail server's address", name)
		}
	}
	return nil
}

func config(u *url.URL) (c Config, err error) {
	c = Config{Security: Security(u.Scheme), Host: u.Hostname(), Port: ports[Security(u.Scheme)], Timeout: defaultTimeout, Auth: Strongest}
	if c.Port == 0 {
		return c, fault.Unknown("mail.security", "kind of mail server", u.Scheme, []string{string(StartTLS), string(TLS), string(Opportunistic), string(Clear), "folder"})
	}
	if err := parameters(u, "from", "envelope", "hello", "auth", "timeout"); err != nil {
		return c, err
	}
	if p := u.Port(); p != "" {
		if c.Port, err = strconv.Atoi(p); err != nil {
			return c, invalid("config", "%q is no port of a mail server", fault.Clip(p, 20))
		}
	}
	c.User = u.User.Username()
	c.password, _ = u.User.Password()
	q := u.Query()
	if c.From, err = ParseAddress(q.Get("from")); err != nil {
		return c, err
	}
	if a := q.Get("auth"); a != "" {
		c.Auth = Auth(a)
	}
	c.Envelope, c.Hello = q.Get("envelope"), q.Get("hello")
	if t := q.Get("timeout"); t != "" {
		if c.Timeout, err = time.ParseDuration(t); err != nil {
			return c, invalid("config", "%q is no length of time", fault.Clip(t, 20)).Do("Write it as 30s")
		}
	}
	return c, c.check()
}

func (c Config) check() error {
	known := []string{string(Strongest), string(Plain), string(Login)}
	switch {
	case c.Host == "" || strings.ContainsFunc(c.Host, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return invalid("config", "the address of the mail server names no host").Do("Write it as smtp+starttls://host?from=name@domain")
	case c.Port < 1 || c.Port > 65535:
		return invalid("config", "%d is no port of a mail server", c.Port)
	case c.Timeout <= 0 || c.Timeout > 10*time.Minute:
		return invalid("config", "the time-out of the mail server is %v", c.Timeout).Do("Choose more than nothing and at most 10m")
	case (c.User == "") != (c.password == ""):
		return invalid("config", "the address of the mail server has a user or a password, not both").Do("Give both or neither")
	case c.Security == Clear && c.User != "":
		return invalid("clear", "a password would travel in the clear").Do("Use smtp+starttls or smtps, or leave user and password out")
	case !slices.Contains(known, string(c.Auth)):
		return fault.Unknown("mail.auth", "way to sign in", string(c.Auth), known)
	}
	return line("greeting", c.Hello, 255)
}
