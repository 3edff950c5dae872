package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Secret is the password of the test server's only user. It has letters that an
// address must escape.
const (
	User   = "peerscape"
	Secret = "s3cr#t/p@ss:word"
)

// Server is a mail server on the loopback that keeps what it takes.
type Server struct {
	Host, Port string
	Roots      *x509.CertPool

	mu                                 sync.Mutex
	Letters                            [][]byte
	Senders                            []string
	Recipients                         []string
	Protected                          bool   // whether the last conversation was under TLS
	Way                                string // how the last client signed in
	RefuseMail, RefuseRcpt, RefuseData error
}

// Options say how a client must come.
type Options struct {
	TLS, Direct bool     // whether TLS is offered, and from the first byte
	Ways        []string // of signing in
}

// Serve starts a mail server on the loopback, which ends with the test.
func Serve(t *testing.T, o Options) *Server {
	t.Helper()
	s := &Server{Roots: x509.NewCertPool()}
	backend := smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if len(o.Ways) == 0 {
			return &session{server: s, conn: c}, nil
		}
		return &closed{session: session{server: s, conn: c}, ways: o.Ways}, nil
	})
	mta := smtp.NewServer(backend)
	mta.Domain = "mail.test"
	mta.ErrorLog = quiet{}
	if o.TLS {
		web := httptest.NewTLSServer(nil) // for its certificate, which names 127.0.0.1
		mta.TLSConfig = &tls.Config{Certificates: web.TLS.Certificates}
		s.Roots.AddCert(web.Certificate())
		web.Close()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.Host, s.Port, err = net.SplitHostPort(listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if o.Direct {
		listener = tls.NewListener(listener, mta.TLSConfig)
	}
	done := make(chan error, 1)
	go func() { done <- mta.Serve(listener) }()
	t.Cleanup(func() {
		_ = listener.Close() // the server may not have begun to serve: then it does not know it
		_ = mta.Close()
		<-done
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Arrived returns the letters that the server has taken.
func (s *Server) Arrived() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Letters
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
}

func (s *session) Reset() { s.from, s.to = "", "" }

func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return s.server.RefuseMail
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.server.RefuseRcpt
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.RefuseData != nil {
		return s.server.RefuseData
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.Letters = append(s.server.Letters, b)
	s.server.Senders = append(s.server.Senders, s.from)
	s.server.Recipients = append(s.server.Recipients, s.to)
	_, s.server.Protected = s.conn.TLSConnectionState()
	return nil
}

// AuthRequired is what RFC 4954 says; the library says 502.
var AuthRequired = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "sign in first"}

// closed is a session that wants signing in first.
type closed struct {
	session
	ways   []string
	opened bool
}

func (c *closed) AuthMechanisms() []string { return c.ways }

func (c *closed) Mail(from string, o *smtp.MailOptions) error {
	if !c.opened {
		return AuthRequired
	}
	return c.session.Mail(from, o)
}

func (c *closed) Auth(way string) (sasl.Server, error) {
	check := func(name, password string) error {
		if name != User || password != Secret {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no user with password " + password}
		}
		c.opened, c.server.Way = true, way
		return nil
	}
	switch way {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, name, password string) error { return check(name, password) }), nil
	case sasl.Login:
		return &login{check: check}, nil
	}
	return nil, errors.New("unknown way")
}

// login is the server's side of the LOGIN mechanism, which has no standard.
type login struct {
	check func(name, password string) error
	name  string
	step  int
}

func (l *login) Next(answer []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.name = string(answer)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.name, string(answer))
}
