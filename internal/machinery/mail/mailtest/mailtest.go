// Package mailtest holds what every sender of mail must do. A test of a sender
// calls Run; nothing else imports this package.
package mailtest

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/mail"
)

// Desk is a sender under test and what arrived through it, in order, as bytes.
type Desk struct {
	Sender  mail.Sender
	Arrived func() [][]byte
}

// Run runs the suite; open makes a fresh desk whose sender writes as
// "Päijät-Häme <info@example.org>".
func Run(t *testing.T, open func(t *testing.T) Desk) {
	t.Run("arrives as written", func(t *testing.T) { arrives(t, open) })
	t.Run("refuses", func(t *testing.T) { refuses(t, open(t)) })
	t.Run("stops with its context", func(t *testing.T) {
		desk := open(t)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := desk.Sender.Send(ctx, Plain()); err == nil || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Send with an ended context: %v, want Unavailable", err)
		}
		if got := desk.Arrived(); len(got) != 0 {
			t.Errorf("%d messages arrived", len(got))
		}
	})
}

// Plain returns a message that every sender takes.
func Plain() mail.Message {
	return mail.Message{
		To:      netmail.Address{Name: "Ana", Address: "ana@example.org"},
		Subject: "A short note", Text: "Good morning.",
		ID: "k3x.1@example.org", Date: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
	}
}

// Rich returns a message that uses every field, far from ASCII.
func Rich() mail.Message {
	return mail.Message{
		To:      netmail.Address{Name: "Żaneta Ööst, \"Zed\"", Address: "zaneta@bücher.example"},
		Subject: "Kutsu: alueiden välinen oppimistapahtuma Lahdessa – zażółć gęślą jaźń, für alle 😀 und noch ein wenig länger",
		Text: "Grüße aus Łódź.\r\n\r\n.a line that begins with a dot\nFrom a line that begins with From\n" +
			strings.Repeat("a long paragraph without an end ", 60) + "\ntrailing space \n-- \nPeerscape",
		HTML:        "<p>Grüße aus <b>Łódź</b>.</p>\n" + strings.Repeat("<p>ä</p>", 300),
		Lang:        language.Finnish,
		Unsubscribe: "https://peerscape.example.org/notices/stop?token=" + strings.Repeat("k3x2", 30),
		ID:          "k3x.2@example.org", Date: time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 7200)),
		References: []string{"first@example.org", "second@example.org"},
	}
}

func arrives(t *testing.T, open func(t *testing.T) Desk) {
	for name, m := range map[string]mail.Message{"plain": Plain(), "rich": Rich()} {
		t.Run(name, func(t *testing.T) {
			desk := open(t)
			if err := desk.Sender.Send(context.Background(), m); err != nil {
				t.Fatalf("Send: %v", err)
			}
			arrived := desk.Arrived()
			if len(arrived) != 1 {
				t.Fatalf("%d messages arrived, want 1", len(arrived))
			}
			for line := range bytes.Lines(arrived[0]) {
				if len(line) > 998 || !ascii(line) {
					t.Errorf("a line of %d bytes that not every server passes on: %q", len(line), line)
				}
			}
			if diff := cmp.Diff(want(m), Read(t, arrived[0])); diff != "" {
				t.Errorf("what arrived differs (-want +got)\n%s", diff)
			}
		})
	}
}

func ascii(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r > 0x7e || r < ' ' && r != '\r' && r != '\n' && r != '\t' }) < 0
}

// Letter is what a mail program shows of a message.
type Letter struct {
	Header map[string]string // decoded
	To     netmail.Address
	From   netmail.Address
	Date   time.Time
	Parts  map[string]string // by content type, line ends as \n
}

func want(m mail.Message) Letter {
	l := Letter{
		Header: map[string]string{"Subject": m.Subject, "Message-Id": "<" + m.ID + ">", "Auto-Submitted": "auto-generated", "Mime-Version": "1.0"},
		From:   netmail.Address{Name: "Päijät-Häme", Address: "info@example.org"},
		To:     m.To, Date: m.Date.UTC(), Parts: map[string]string{},
	}
	l.To.Address = strings.Replace(m.To.Address, "bücher.example", "xn--bcher-kva.example", 1)
	if m.Lang != language.Und {
		l.Header["Content-Language"] = m.Lang.String()
	}
	if m.Unsubscribe != "" {
		l.Header["List-Unsubscribe"] = "<" + m.Unsubscribe + ">"
		l.Header["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
	if len(m.References) > 0 {
		l.Header["References"] = "<first@example.org> <second@example.org>"
		l.Header["In-Reply-To"] = "<second@example.org>"
	}
	l.Parts["text/plain; charset=UTF-8"] = strings.ReplaceAll(m.Text, "\r\n", "\n") + "\n"
	if m.HTML != "" {
		l.Parts["text/html; charset=UTF-8"] = m.HTML + "\n"
	}
	return l
}

// Read takes a message apart as a mail program does.
func Read(t *testing.T, b []byte) Letter {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("read the message: %v\n%s", err, b)
	}
	l := Letter{Header: map[string]string{}, Parts: map[string]string{}}
	var words mime.WordDecoder
	for name, values := range m.Header {
		if len(values) != 1 {
			t.Errorf("header %s stands %d times", name, len(values))
		}
		if l.Header[name], err = words.DecodeHeader(values[0]); err != nil {
			t.Errorf("header %s: %v", name, err)
		}
	}
	l.To, l.From = one(t, m.Header, "To"), one(t, m.Header, "From")
	if l.Date, err = m.Header.Date(); err != nil {
		t.Errorf("date: %v", err)
	}
	l.Date = l.Date.UTC()
	kind, encoding := m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding")
	for _, name := range []string{"To", "From", "Date", "Content-Type", "Content-Transfer-Encoding", "Received", "Return-Path"} {
		delete(l.Header, name)
	}
	parts(t, l.Parts, kind, encoding, m.Body)
	return l
}

func one(t *testing.T, h netmail.Header, name string) netmail.Address {
	t.Helper()
	list, err := h.AddressList(name)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s %q: %v, want one address", name, h.Get(name), err)
	}
	return *list[0]
}

func parts(t *testing.T, into map[string]string, kind, encoding string, body io.Reader) {
	t.Helper()
	medium, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatalf("content type %q: %v", kind, err)
	}
	if !strings.HasPrefix(medium, "multipart/") {
		into[kind] = text(t, encoding, body)
		return
	}
	if medium != "multipart/alternative" {
		t.Errorf("content type %s", medium)
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("next part: %v", err)
		}
		parts(t, into, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
	}
}

func text(t *testing.T, encoding string, r io.Reader) string {
	t.Helper()
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("decode %s: %v", encoding, err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

func refuses(t *testing.T, desk Desk) {
	for name, change := range map[string]func(*mail.Message){
		"a line break in the subject":          func(m *mail.Message) { m.Subject = "a\r\nBcc: eve@example.org" },
		"a line separator in the subject":      func(m *mail.Message) { m.Subject = "a\u2028b" },
		"a turned direction in the subject":    func(m *mail.Message) { m.Subject = "a\u202Eb" },
		"a broken subject":                     func(m *mail.Message) { m.Subject = "a\xff" },
		"no subject":                           func(m *mail.Message) { m.Subject = " " },
		"a very long subject":                  func(m *mail.Message) { m.Subject = strings.Repeat("ä", 251) },
		"a line break in the name":             func(m *mail.Message) { m.To.Name = "a\nBcc: eve@example.org" },
		"a line break in the address":          func(m *mail.Message) { m.To.Address = "ana@example.org\r\nRCPT TO:<eve@example.org>" },
		"two addresses":                        func(m *mail.Message) { m.To.Address = "ana@example.org, eve@example.org" },
		"an address in brackets":               func(m *mail.Message) { m.To.Address = "<ana@example.org>" },
		"no address":                           func(m *mail.Message) { m.To.Address = "" },
		"an address without a domain":          func(m *mail.Message) { m.To.Address = "ana" },
		"an accent before the @":               func(m *mail.Message) { m.To.Address = "änä@example.org" },
		"no text":                              func(m *mail.Message) { m.Text = "" },
		"a text of a megabyte":                 func(m *mail.Message) { m.Text = strings.Repeat("a", 1<<20) },
		"a broken text":                        func(m *mail.Message) { m.Text = "a\xff" },
		"no date":                              func(m *mail.Message) { m.Date = time.Time{} },
		"no identifier":                        func(m *mail.Message) { m.ID = "" },
		"a line break in the identifier":       func(m *mail.Message) { m.ID = "a\n@example.org" },
		"a bracket in a reference":             func(m *mail.Message) { m.References = []string{"a>@example.org"} },
		"a script to unsubscribe":              func(m *mail.Message) { m.Unsubscribe = "javascript:alert(1)" },
		"an open address to unsubscribe":       func(m *mail.Message) { m.Unsubscribe = "http://peerscape.example.org/stop" },
		"a line break in the unsubscribe link": func(m *mail.Message) { m.Unsubscribe = "https://example.org/\r\nBcc: eve@example.org" },
		"a second link to unsubscribe":         func(m *mail.Message) { m.Unsubscribe = "https://example.org/>,<https://eve.example.org/" },
	} {
		t.Run(name, func(t *testing.T) {
			m := Plain()
			change(&m)
			err := desk.Sender.Send(context.Background(), m)
			if err == nil || fault.KindOf(err) != fault.Invalid {
				t.Errorf("Send: %v, want Invalid", err)
			}
			if got := desk.Arrived(); len(got) != 0 {
				t.Errorf("%d messages arrived", len(got))
			}
		})
	}
}
