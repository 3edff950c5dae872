package mail

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/mail"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"peerscape/internal/fault"
)

// SMTP hands messages to a mail server, each over a connection of its own.
type SMTP struct {
	config   Config
	envelope mail.Address
}

// NewSMTP makes a sender that uses the server of c. It does not connect yet.
func NewSMTP(c Config) (*SMTP, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	from, err := address("sender", c.From)
	if err != nil {
		return nil, err
	}
	c.From = from
	envelope := mail.Address{Address: from.Address}
	if c.Envelope != "" {
		if envelope, err = address("envelope", mail.Address{Address: c.Envelope}); err != nil {
			return nil, err
		}
	}
	return &SMTP{config: c, envelope: envelope}, nil
}

// Send hands m to the server. The whole conversation takes at most the time-out
// of the configuration and ends when ctx ends. A message that the server took is
// sent, even if the connection breaks before the goodbye.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	m, err := check(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	var line connection
	if s.config.Security == TLS {
		line.tls = s.tls()
	}
	defer line.close()
	client, err := gomail.NewClient(s.config.Host, s.options(line.dialer(ctx))...)
	if err != nil {
		return s.fault(nil, err)
	}
	letter := render(m, s.config.From, s.envelope)
	err = client.DialAndSendWithContext(ctx, letter)
	if err == nil || letter.IsDelivered() {
		return nil
	}
	return s.fault(ctx.Err(), err)
}

func (s *SMTP) tls() *tls.Config {
	return &tls.Config{ServerName: s.config.Host, RootCAs: s.config.Roots, MinVersion: tls.VersionTLS12}
}

var (
	policies = map[Security]gomail.TLSPolicy{StartTLS: gomail.TLSMandatory, Opportunistic: gomail.TLSOpportunistic, TLS: gomail.NoTLS, Clear: gomail.NoTLS}
	// In our order; the library's would try NTLM and CRAM-MD5 first.
	ways = map[Auth]gomail.Option{
		Strongest: gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin),
		Plain:     gomail.WithSMTPAuth(gomail.SMTPAuthPlain),
		Login:     gomail.WithSMTPAuth(gomail.SMTPAuthLogin),
	}
)

func (s *SMTP) options(dial gomail.DialContextFunc) []gomail.Option {
	c := s.config
	options := []gomail.Option{
		gomail.WithPort(c.Port),
		gomail.WithTimeout(c.Timeout),
		gomail.WithTLSConfig(s.tls()),
		gomail.WithTLSPolicy(policies[c.Security]),
		gomail.WithDialContextFunc(dial),
		gomail.WithoutNoop(),
	}
	if c.Security == TLS {
		options = append(options, gomail.WithSSL())
	}
	if c.Hello != "" {
		options = append(options, gomail.WithHELO(c.Hello))
	}
	if c.User != "" {
		options = append(options, ways[c.Auth], gomail.WithUsername(c.User), gomail.WithPassword(c.password))
	}
	return options
}

// connection is one line to the server. It is cut when the message's context
// ends, which the library heeds only while it dials, and closed in every case.
type connection struct {
	tls  *tls.Config // nil: not from the first byte
	open net.Conn
	stop func() bool
}

// dialer returns what opens the connection of a message that is sent within ctx.
func (c *connection) dialer(ctx context.Context) gomail.DialContextFunc {
	return func(dialling context.Context, network, address string) (net.Conn, error) {
		raw, err := (&net.Dialer{}).DialContext(dialling, network, address)
		if err != nil {
			return nil, err
		}
		c.open = raw
		c.stop = context.AfterFunc(ctx, func() { _ = raw.Close() })
		if c.tls == nil {
			return raw, nil
		}
		protected := tls.Client(raw, c.tls)
		return protected, protected.HandshakeContext(dialling)
	}
}

func (c *connection) close() {
	if c.open != nil {
		c.stop()
		_ = c.open.Close()
	}
}

// fault sorts what went wrong. ended is the context's error, if it has one.
func (s *SMTP) fault(ended, err error) error {
	cause := s.redact(err)
	host := s.config.Host
	var said *gomail.SendError
	code, about := 0, errors.As(err, &said)
	if about {
		code = said.ErrorCode()
	} else if answer, ok := errors.AsType[*textproto.Error](err); ok {
		code = answer.Code
	}
	switch {
	case about && code >= 500 && !lostRight(code):
		return invalid("refused", "the mail server %s refused the message for good (code %d)", host, code).
			With("host", host).With("code", code).Do("Check the recipient's address").Because(cause)
	case code >= 500:
		return fault.New(fault.Denied, "mail.denied", "the mail server %s refused us (code %d)", host, code).
			With("host", host).With("code", code).Do("Check user, password and sender of the mail server").Because(cause)
	case code >= 400:
		return unavailable("later", host, "the mail server %s cannot take the message now (code %d)", host, code).
			With("code", code).Because(cause)
	case errors.Is(ended, context.Canceled):
		return unavailable("stopped", host, "sending through the mail server %s was stopped", host).Because(cause)
	case certificate(err):
		return fault.New(fault.Denied, "mail.certificate", "the certificate of the mail server %s is not trusted", host).
			With("host", host).Do("Check the server's name and its certificate").Because(cause)
	}
	return unavailable("silent", host, "the mail server %s does not answer as expected", host).Because(cause)
}

// lostRight reports codes with which a server asks for signing in: they tell
// nothing about the message (RFC 4954).
func lostRight(code int) bool { return code == 530 || code == 534 || code == 535 || code == 538 }

func unavailable(key, host, format string, args ...any) *fault.Error {
	return fault.New(fault.Unavailable, "mail."+key, format, args...).With("host", host).Do("Try again later")
}

func certificate(err error) bool {
	var bad *tls.CertificateVerificationError
	return errors.As(err, &bad)
}

// redact returns err's text without the password, which a server may repeat.
func (s *SMTP) redact(err error) error {
	text := err.Error()
	if p := s.config.password; p != "" {
		for _, form := range []string{p, base64.StdEncoding.EncodeToString([]byte(p)), base64.StdEncoding.EncodeToString([]byte("\x00" + s.config.User + "\x00" + p))} {
			text = strings.ReplaceAll(text, form, "[password]")
		}
	}
	return errors.New(text)
}
