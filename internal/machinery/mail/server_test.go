package mail_test

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
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret is the password of the test server's only user. It has letters that an
// address must escape.
const (
	user   = "peerscape"
	secret = "s3cr#t/p@ss:word"
)

// server is a mail server on the loopback that keeps what it takes.
type server struct {
	host, port string
	roots      *x509.CertPool

	mu                                 sync.Mutex
	letters                            [][]byte
	senders                            []string
	recipients                         []string
	protected                          bool   // whether the last conversation was under TLS
	way                                string // how the last client signed in
	refuseMail, refuseRcpt, refuseData error
}

type options struct {
	tls, direct bool     // whether TLS is offered, and from the first byte
	ways        []string // of signing in
}

func serve(t *testing.T, o options) *server {
	t.Helper()
	s := &server{roots: x509.NewCertPool()}
	backend := smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if len(o.ways) == 0 {
			return &session{server: s, conn: c}, nil
		}
		return &closed{session: session{server: s, conn: c}, ways: o.ways}, nil
	})
	mta := smtp.NewServer(backend)
	mta.Domain = "mail.test"
	mta.ErrorLog = quiet{}
	if o.tls {
		web := httptest.NewTLSServer(nil) // for its certificate, which names 127.0.0.1
		mta.TLSConfig = &tls.Config{Certificates: web.TLS.Certificates}
		s.roots.AddCert(web.Certificate())
		web.Close()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.host, s.port, err = net.SplitHostPort(listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if o.direct {
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

func (s *server) arrived() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.letters
}

type session struct {
	server   *server
	conn     *smtp.Conn
	from, to string
}

func (s *session) Reset() { s.from, s.to = "", "" }

func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return s.server.refuseMail
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.server.refuseRcpt
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.refuseData != nil {
		return s.server.refuseData
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.letters = append(s.server.letters, b)
	s.server.senders = append(s.server.senders, s.from)
	s.server.recipients = append(s.server.recipients, s.to)
	_, s.server.protected = s.conn.TLSConnectionState()
	return nil
}

// authRequired is what RFC 4954 says; the library says 502.
var authRequired = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "sign in first"}

// closed is a session that wants signing in first.
type closed struct {
	session
	ways   []string
	opened bool
}

func (c *closed) AuthMechanisms() []string { return c.ways }

func (c *closed) Mail(from string, o *smtp.MailOptions) error {
	if !c.opened {
		return authRequired
	}
	return c.session.Mail(from, o)
}

func (c *closed) Auth(way string) (sasl.Server, error) {
	check := func(name, password string) error {
		if name != user || password != secret {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no user with password " + password}
		}
		c.opened, c.server.way = true, way
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
