package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"go.uber.org/goleak"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/mail"
	"peerscape/internal/machinery/mail/mailtest"
)

const from = "from=" + "P%C3%A4ij%C3%A4t-H%C3%A4me%20%3Cinfo@example.org%3E"

// sender makes a sender to s with a scheme, credentials (name:password@) and
// further parameters.
func sender(t *testing.T, s *mailtest.Server, scheme, who, more string) mail.Sender {
	t.Helper()
	c, err := mail.ParseConfig(scheme + "://" + who + net.JoinHostPort(s.Host, s.Port) + "?" + from + more)
	if err != nil {
		t.Fatal(err)
	}
	c.Roots = s.Roots
	out, err := mail.NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func credentials() string { return url.UserPassword(mailtest.User, mailtest.Secret).String() + "@" }

func TestSMTPConforms(t *testing.T) {
	for name, c := range map[string]struct {
		server      mailtest.Options
		scheme, who string
	}{
		"in the clear":      {mailtest.Options{}, "smtp+clear", ""},
		"as offered, none":  {mailtest.Options{}, "smtp", ""},
		"as offered, TLS":   {mailtest.Options{TLS: true}, "smtp", ""},
		"STARTTLS, sign in": {mailtest.Options{TLS: true, Ways: []string{"PLAIN"}}, "smtp+starttls", credentials()},
		"TLS, sign in":      {mailtest.Options{TLS: true, Direct: true, Ways: []string{"PLAIN"}}, "smtps", credentials()},
	} {
		t.Run(name, func(t *testing.T) {
			mailtest.Run(t, func(t *testing.T) mailtest.Desk {
				s := mailtest.Serve(t, c.server)
				return mailtest.Desk{Sender: sender(t, s, c.scheme, c.who, ""), Arrived: s.Arrived}
			})
		})
	}
}

func TestSMTPProtectionAndSigningIn(t *testing.T) {
	for name, c := range map[string]struct {
		server    mailtest.Options
		scheme    string
		who, more string
		protected bool
		way       string
		kind      fault.Kind // with key, if it fails
		key       string
	}{
		"STARTTLS":                     {server: mailtest.Options{TLS: true}, scheme: "smtp+starttls", protected: true},
		"TLS":                          {server: mailtest.Options{TLS: true, Direct: true}, scheme: "smtps", protected: true},
		"as offered":                   {server: mailtest.Options{TLS: true}, scheme: "smtp", protected: true},
		"in the clear":                 {server: mailtest.Options{TLS: true}, scheme: "smtp+clear"},
		"STARTTLS that is not offered": {scheme: "smtp+starttls", kind: fault.Unavailable, key: "mail.silent"},
		"strongest way":                {server: mailtest.Options{TLS: true, Ways: []string{"LOGIN", "PLAIN"}}, scheme: "smtp+starttls", who: credentials(), protected: true, way: "PLAIN"},
		"way that was asked for":       {server: mailtest.Options{TLS: true, Ways: []string{"LOGIN", "PLAIN"}}, scheme: "smtp+starttls", who: credentials(), more: "&auth=login", protected: true, way: "LOGIN"},
		"only way":                     {server: mailtest.Options{TLS: true, Direct: true, Ways: []string{"LOGIN"}}, scheme: "smtps", who: credentials(), protected: true, way: "LOGIN"},
		"way that is not offered":      {server: mailtest.Options{TLS: true, Ways: []string{"LOGIN"}}, scheme: "smtp+starttls", who: credentials(), more: "&auth=plain", kind: fault.Unavailable, key: "mail.silent"},
		"wrong password":               {server: mailtest.Options{TLS: true, Ways: []string{"PLAIN"}}, scheme: "smtp+starttls", who: "peerscape:wr0ng%23word@", kind: fault.Denied, key: "mail.denied"},
		"no password":                  {server: mailtest.Options{TLS: true, Ways: []string{"PLAIN"}}, scheme: "smtp+starttls", kind: fault.Denied, key: "mail.denied"},
		"password, but no TLS offered": {server: mailtest.Options{Ways: []string{"PLAIN", "LOGIN"}}, scheme: "smtp", who: credentials(), kind: fault.Unavailable, key: "mail.silent"},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Serve(t, c.server)
			err := sender(t, s, c.scheme, c.who, c.more).Send(context.Background(), mailtest.Plain())
			if c.key != "" {
				wantFault(t, err, c.kind, c.key)
				return
			}
			if err != nil {
				t.Fatalf("Send: %v (%v)", err, cause(err))
			}
			if s.Protected != c.protected || s.Way != c.way {
				t.Errorf("protected %v, signed in by %q; want %v, %q", s.Protected, s.Way, c.protected, c.way)
			}
		})
	}
}

func TestSMTPTrustsNoForeignCertificate(t *testing.T) {
	for _, scheme := range []string{"smtp+starttls", "smtps", "smtp"} {
		t.Run(scheme, func(t *testing.T) {
			s := mailtest.Serve(t, mailtest.Options{TLS: true, Direct: scheme == "smtps"})
			s.Roots = nil // the machine's authorities do not know the test's
			err := sender(t, s, scheme, "", "").Send(context.Background(), mailtest.Plain())
			wantFault(t, err, fault.Denied, "mail.certificate")
		})
	}
}

func TestSMTPRefusals(t *testing.T) {
	later := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, come back"}
	never := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	for name, c := range map[string]struct {
		set  func(*mailtest.Server)
		kind fault.Kind
		key  string
	}{
		"sender later":    {func(s *mailtest.Server) { s.RefuseMail = later }, fault.Unavailable, "mail.later"},
		"sender never":    {func(s *mailtest.Server) { s.RefuseMail = never }, fault.Invalid, "mail.refused"},
		"recipient later": {func(s *mailtest.Server) { s.RefuseRcpt = later }, fault.Unavailable, "mail.later"},
		"recipient never": {func(s *mailtest.Server) { s.RefuseRcpt = never }, fault.Invalid, "mail.refused"},
		"content later":   {func(s *mailtest.Server) { s.RefuseData = later }, fault.Unavailable, "mail.later"},
		"content never":   {func(s *mailtest.Server) { s.RefuseData = never }, fault.Invalid, "mail.refused"},
		"sign in first":   {func(s *mailtest.Server) { s.RefuseMail = mailtest.AuthRequired }, fault.Denied, "mail.denied"},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Serve(t, mailtest.Options{})
			c.set(s)
			err := sender(t, s, "smtp", "", "").Send(context.Background(), mailtest.Plain())
			wantFault(t, err, c.kind, c.key)
		})
	}
}

func TestSMTPEnvelope(t *testing.T) {
	s := mailtest.Serve(t, mailtest.Options{})
	if err := sender(t, s, "smtp", "", "&envelope=bounce@example.org").Send(context.Background(), mailtest.Rich()); err != nil {
		t.Fatal(err)
	}
	if s.Senders[0] != "bounce@example.org" || s.Recipients[0] != "zaneta@xn--bcher-kva.example" {
		t.Errorf("from %q to %q", s.Senders, s.Recipients)
	}
}

// talk is a server that follows a script: it says a line, reads one, and so on.
// "data" reads to the dot; "hang" waits until the client goes; the connection
// ends with the script.
func talk(t *testing.T, script ...string) *mailtest.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailtest.Server{}
	s.Host, s.Port, _ = net.SplitHostPort(l.Addr().String())
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		for _, step := range script {
			switch step {
			case "data":
				for line := ""; err == nil && line != ".\r\n"; {
					line, err = r.ReadString('\n')
				}
				continue
			case "hang":
				for err == nil {
					_, err = r.ReadString('\n')
				}
				return
			}
			if greets := strings.HasPrefix(step, "220") || strings.HasPrefix(step, "421"); !greets && step != "250 taken" {
				_, _ = r.ReadString('\n')
			}
			fmt.Fprintf(conn, "%s\r\n", step)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return s
}

func TestSMTPTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		script []string
		key    string // empty: sent
	}{
		"silent":                        {[]string{"hang"}, "mail.silent"},
		"silent after the greeting":     {[]string{"220 hello", "hang"}, "mail.silent"},
		"silent before the data":        {[]string{"220 hello", "250 mail.test", "250 ok", "hang"}, "mail.silent"},
		"silent after the data":         {[]string{"220 hello", "250 mail.test", "250 ok", "250 ok", "354 go", "data", "hang"}, "mail.silent"},
		"lost at once":                  {nil, "mail.silent"},
		"lost after the greeting":       {[]string{"220 hello"}, "mail.silent"},
		"lost in the middle":            {[]string{"220 hello", "250 mail.test", "250 ok", "250 ok"}, "mail.silent"},
		"lost after the data":           {[]string{"220 hello", "250 mail.test", "250 ok", "250 ok", "354 go", "data"}, "mail.silent"},
		"lost after it took the letter": {[]string{"220 hello", "250 mail.test", "250 ok", "250 ok", "354 go", "data", "250 taken"}, ""},
		"speaks something else":         {[]string{"SSH-2.0-OpenSSH"}, "mail.silent"},
		"closed for today":              {[]string{"421 closed"}, "mail.later"},
	} {
		t.Run(name, func(t *testing.T) {
			s := talk(t, c.script...)
			err := sender(t, s, "smtp", "", "&timeout=300ms").Send(context.Background(), mailtest.Plain())
			if c.key == "" {
				if err != nil {
					t.Errorf("Send: %v, want nil: the letter was taken, sending again would double it", err)
				}
				return
			}
			wantFault(t, err, fault.Unavailable, c.key)
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		s := talk(t, "hang")
		s.Port = "1"
		err := sender(t, s, "smtp", "", "").Send(context.Background(), mailtest.Plain())
		wantFault(t, err, fault.Unavailable, "mail.silent")
	})
}

// TestSMTPStopsInTheMiddle: a context that ends cuts a conversation under way.
func TestSMTPStopsInTheMiddle(t *testing.T) {
	s := talk(t, "220 hello", "250 mail.test", "250 ok", "hang")
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	err := sender(t, s, "smtp", "", "&timeout=10m").Send(ctx, mailtest.Plain())
	wantFault(t, err, fault.Unavailable, "mail.silent")
}

// wantFault also holds every error to silence about passwords.
func wantFault(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := err.(*fault.Error)
	if !ok {
		t.Fatalf("got %v, want a fault", err)
	}
	if f.Kind != kind || f.Key != key {
		t.Errorf("%v %s: %v (%v); want %v %s", f.Kind, f.Key, f, f.Cause, kind, key)
	}
	for _, hidden := range []string{mailtest.Secret, "wr0ng#word", "c3Izbc"} {
		if strings.Contains(fmt.Sprintf("%v %+v %#v %v", f, f, f, f.Cause), hidden) {
			t.Errorf("the error tells the password: %+v", f)
		}
	}
}

func cause(err error) error {
	if f, ok := err.(*fault.Error); ok {
		return f.Cause
	}
	return nil
}
