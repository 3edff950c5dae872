package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"peerscape/internal/app"
	"peerscape/internal/app/apptest"
	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/web/page"
	post "peerscape/internal/machinery/mail"
	"peerscape/internal/machinery/mail/mailtest"
)

// desk is the whole program with a mail server, and a clock that the test moves.
type desk struct {
	*testing.T
	*app.App
	server  *mailtest.Server
	handler http.Handler
	past    atomic.Int64 // since the beginning, nanoseconds
	seen    int          // letters
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, server: mailtest.Serve(t, mailtest.Options{})}
	sender, err := post.Open("smtp+clear://" + net.JoinHostPort(d.server.Host, d.server.Port) + "?from=Peerscape%20%3Cinfo@example.org%3E")
	d.must(err)
	origin, _ := url.Parse("https://peerscape.example.org")
	d.App, err = app.Open(t.Context(), app.Config{
		DSN: apptest.File(t), Version: "test", Log: slog.New(slog.DiscardHandler), Origin: origin, Mail: sender,
		Now: func() time.Time { return apptest.Now().Add(time.Duration(d.past.Load())) },
	})
	d.must(err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Jobs.Work(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		d.must(d.Close())
	})
	d.handler, err = d.Handler()
	d.must(err)
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// pass lets time go by.
func (d *desk) pass(t time.Duration) {
	d.past.Add(int64(t))
	d.Jobs.Wake()
}

// letter waits for the next letter that the server takes.
func (d *desk) letter() *letter {
	d.Helper()
	for range 2000 {
		if all := d.server.Arrived(); len(all) > d.seen {
			d.seen++
			return d.read(all[d.seen-1])
		}
		time.Sleep(5 * time.Millisecond)
	}
	d.Fatal("no letter arrives")
	return nil
}

// none makes sure that no letter is open, once those that are due have gone out.
func (d *desk) none() {
	d.Helper()
	for range 2000 {
		open := 0
		for _, kind := range []string{"letter", "notices"} {
			all, err := d.Jobs.List(d.Context(), kind, 100)
			d.must(err)
			for _, j := range all {
				if j.Done.IsZero() {
					open++
				}
			}
		}
		if open == 0 {
			if n := len(d.server.Arrived()); n != d.seen {
				d.Errorf("%d letters, want %d: %s", n, d.seen, d.server.Arrived()[n-1])
			}
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	d.Fatal("a letter stays open")
}

type letter struct {
	mail.Header
	plain, page string
}

func (d *desk) read(raw []byte) *letter {
	d.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	d.must(err)
	l := &letter{Header: m.Header}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	d.must(err)
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return l
		}
		d.must(err)
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		d.must(err)
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			l.page = string(b)
		} else {
			l.plain = string(b)
		}
	}
}

func (l *letter) subject() string {
	s, err := new(mime.WordDecoder).DecodeHeader(l.Get("Subject"))
	if err != nil {
		return err.Error()
	}
	return s
}

// ask sends a request, with a session or without.
func (d *desk) ask(method, path, session string, form url.Values) *http.Response {
	d.Helper()
	r := httptest.NewRequest(method, "https://peerscape.example.org"+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-" + page.SessionCookie, Value: session})
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result()
}

const password = "heron lantern seventy bridges"

// found sets up the first administrator and a partnership that she runs.
func (d *desk) found() (session string, admin *people.Actor, id string) {
	d.Helper()
	code, err := d.People.SetupCode(d.Context())
	d.must(err)
	session, err = d.People.SetUp(d.Context(), code, "admin@example.org", people.Newcomer{Name: "Ada", Password: password, Lang: "en"})
	d.must(err)
	admin, err = d.People.Actor(d.Context(), session)
	d.must(err)
	id, err = d.Partnerships.Start(d.Context(), admin, "alpha", &partnership.Profile{
		Short: "Alpha", Title: content.Write("en", "Alpha", apptest.Now()), Span: partnership.Span{From: "2026-07-01", To: "2027-06-30"},
	}, true)
	d.must(err)
	admin, err = d.People.Actor(d.Context(), session)
	d.must(err)
	return session, admin, id
}

var link = regexp.MustCompile(`https://peerscape\.example\.org(/\S+)`)

// TestInvitationsAndNewPasswordsComeByMail goes the way of a person who is invited
// and later forgets her password.
func TestInvitationsAndNewPasswordsComeByMail(t *testing.T) {
	d := newDesk(t)
	session, _, _ := d.found()
	d.none()
	res := d.ask(http.MethodPost, "/partnerships/alpha/people/invite", session, url.Values{"email": {"liisa@example.org"}, "role": {"member"}})
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	l := d.letter()
	if l.subject() != "Invitation to peerscape.example.org" || l.Get("To") != "<liisa@example.org>" || l.Get("List-Unsubscribe") != "" || !strings.Contains(l.plain, "Ada invites you") {
		t.Fatalf("%v\n%s", l.Header, l.plain)
	}
	at := link.FindStringSubmatch(l.plain)[1]
	if !strings.Contains(l.page, `href="https://peerscape.example.org`+at+`"`) {
		t.Errorf("the page has another link:\n%s", l.page)
	}
	res = d.ask(http.MethodPost, at, "", url.Values{"name": {"Liisa"}, "password": {password}, "lang": {"fi"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.Status)
	}
	d.pass(3 * time.Minute)
	if l = d.letter(); l.subject() != "Alpha: You have a new role: member" || l.Get("To") != `"Liisa" <liisa@example.org>` {
		t.Errorf("%s to %s", l.subject(), l.Get("To"))
	}

	res = d.ask(http.MethodPost, "/reset", "", url.Values{"email": {"liisa@example.org"}})
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	if l = d.letter(); l.subject() != "A new password for peerscape.example.org" {
		t.Errorf("%s", l.subject())
	}
	at = link.FindStringSubmatch(l.plain)[1]
	all, err := d.Jobs.List(t.Context(), "letter", 10)
	d.must(err)
	for _, j := range all {
		if strings.Contains(fmt.Sprintf("%+v", j), at[len("/reset/"):]) {
			t.Error("the history of jobs holds the secret of a link")
		}
	}
	res = d.ask(http.MethodPost, at, "", url.Values{"password": {"seventy heron bridges lantern"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.Status)
	}
	d.pass(3 * time.Minute)
	if l = d.letter(); l.subject() != "Your password was set anew through a link" || !strings.Contains(l.plain, "If it was not you") {
		t.Errorf("%s\n%s", l.subject(), l.plain)
	}
	d.ask(http.MethodPost, "/reset", "", url.Values{"email": {"nobody@example.org"}})
	d.pass(24 * time.Hour) // of the acceptance of her invitation Ada is told in the morning
	if l = d.letter(); l.subject() != "Alpha: Your invitation has been accepted" || !strings.Contains(l.plain, "Liisa") {
		t.Errorf("%s\n%s", l.subject(), l.plain)
	}
	d.none()
}

// TestADigestComesOnceAndEndsWithOneClick has a partnership change, reads the
// letter about it and ends the letters as a mail program does.
func TestADigestComesOnceAndEndsWithOneClick(t *testing.T) {
	d := newDesk(t)
	_, admin, id := d.found()
	secret, err := d.People.Invite(t.Context(), admin, people.Invitation{Email: "liisa@example.org", Role: people.Member, Partnership: id})
	d.must(err)
	_, err = d.People.Join(t.Context(), secret, people.Newcomer{Name: "Liisa", Password: password, Lang: "fi"})
	d.must(err)
	d.pass(3 * time.Minute)
	d.letter() // of her role
	change := func(name string) {
		t.Helper()
		d.must(d.Partnerships.Save(t.Context(), admin, id, &partnership.Organisation{Name: name, Sort: "authority"}, ""))
	}
	change("Päijät-Hämeen liitto")
	change("Uudenmaan liitto")
	d.server.RefuseData = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	d.pass(7 * 24 * time.Hour)
	for range 2000 {
		all, err := d.Jobs.List(t.Context(), "notices", 5)
		d.must(err)
		if all[0].Error != "" || len(all) > 1 && all[1].Error != "" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	d.server.RefuseData = nil
	d.pass(time.Hour)
	var l *letter
	for l == nil || l.Get("To") != `"Liisa" <liisa@example.org>` { // Ada's, of the invitation, may come first
		l = d.letter()
	}
	if l.subject() != "2 ilmoitusta palvelusta peerscape.example.org" || l.Get("Content-Language") != "fi" {
		t.Errorf("%s, %s", l.subject(), l.Get("Content-Language"))
	}
	for _, want := range []string{"Hei Liisa,", "Alpha: Lisätty. ", "Päijät-Hämeen liitto", "Uudenmaan liitto", "Ada", "https://peerscape.example.org/partnerships/alpha/organisations/"} {
		if !strings.Contains(l.plain, want) {
			t.Errorf("no %q in\n%s", want, l.plain)
		}
	}
	if l.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Error("it cannot be ended with one click")
	}
	at := strings.TrimPrefix(strings.Trim(l.Get("List-Unsubscribe"), "<>"), "https://peerscape.example.org")
	if res := d.ask(http.MethodGet, at, "", nil); res.StatusCode != http.StatusOK {
		t.Error(res.Status)
	}
	change("Zwischenfall") // the page alone ends nothing
	d.pass(7 * 24 * time.Hour)
	for l = d.letter(); l.Get("To") != `"Liisa" <liisa@example.org>`; l = d.letter() {
	}
	if res := d.ask(http.MethodPost, at, "", url.Values{"List-Unsubscribe": {"One-Click"}}); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	change("Regio Kop van Noord-Holland")
	d.pass(7 * 24 * time.Hour)
	d.none()
	if res := d.ask(http.MethodPost, at[:len(at)-2]+"xx", "", url.Values{}); res.StatusCode != http.StatusNotFound {
		t.Errorf("a forged link: %s", res.Status)
	}
}
