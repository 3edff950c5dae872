package mail_test

import (
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	peermail "peerscape/internal/machinery/mail"
	"peerscape/internal/machinery/mail/mailtest"

	"peerscape/internal/fault"
)

func TestParseConfig(t *testing.T) {
	c, err := peermail.ParseConfig("smtp+starttls://peerscape:s3cr%23t%2Fp%40ss%3Aword@mail.example.org?from=Info%20<info@example.org>&envelope=bounce@example.org&hello=peerscape.example.org&auth=login&timeout=5s")
	if err != nil {
		t.Fatal(err)
	}
	if c.Security != peermail.StartTLS || c.Host != "mail.example.org" || c.Port != 587 || c.User != "peerscape" || c.Auth != peermail.Login ||
		c.From != (mail.Address{Name: "Info", Address: "info@example.org"}) || c.Envelope != "bounce@example.org" || c.Hello != "peerscape.example.org" || c.Timeout != 5*time.Second {
		t.Errorf("ParseConfig = %v", c)
	}
	for _, printed := range []string{c.String(), fmt.Sprintf("%v %+v %#v %s", c, c, c, c), fmt.Sprintf("%+v", &c)} {
		if strings.Contains(printed, "s3cr") {
			t.Errorf("%s tells the password", printed)
		}
	}
	for scheme, port := range map[string]int{"smtp": 25, "smtps": 465, "smtp+starttls": 587, "smtp+clear": 25} {
		if c, err := peermail.ParseConfig(scheme + "://[::1]?from=a@example.org"); err != nil || c.Port != port || c.Host != "::1" {
			t.Errorf("%s: host %s, port %d, %v; want %d", scheme, c.Host, c.Port, err, port)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, address := range map[string]string{
		"nothing":                   "",
		"another scheme":            "http://s3cr:s3cr@host?from=a@example.org",
		"no host":                   "smtp://?from=a@example.org",
		"no sender":                 "smtp://host",
		"a sender that is none":     "smtp://host?from=a",
		"a misspelt parameter":      "smtp://host?from=a@example.org&tiemout=5s",
		"a parameter twice":         "smtp://host?from=a@example.org&from=b@example.org",
		"a port that is none":       "smtp://u:s3cr@host:0?from=a@example.org",
		"a port too high":           "smtp://u:s3cr@host:70000?from=a@example.org",
		"letters for a port":        "smtp://u:s3cr@host:x?from=a@example.org",
		"an unescaped password":     "smtp://u:s3cr%zz@host?from=a@example.org",
		"an unescaped hash":         "smtp://u:s3#cr@host?from=a@example.org",
		"a password without user":   "smtp://:s3cr@host?from=a@example.org",
		"a user without password":   "smtp://u@host?from=a@example.org",
		"a password in the clear":   "smtp+clear://u:s3cr@host?from=a@example.org",
		"no way to sign in":         "smtp://u:s3cr@host?from=a@example.org&auth=ntlm",
		"no length of time":         "smtp://u:s3cr@host?from=a@example.org&timeout=soon",
		"no time":                   "smtp://u:s3cr@host?from=a@example.org&timeout=0s",
		"a greeting in two lines":   "smtp://u:s3cr@host?from=a@example.org&hello=a%0d%0aMAIL",
		"an envelope that is none":  "smtp://u:s3cr@host?from=a@example.org&envelope=a",
		"a folder without a name":   "folder://?from=a@example.org",
		"a folder without a sender": "folder:///tmp/x",
		"a folder with a time-out":  "folder:///tmp/x?from=a@example.org&timeout=3s",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := peermail.Open(address)
			if err == nil || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("Open = %v, %v; want Invalid", s, err)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), "s3") {
				t.Errorf("the error tells the password: %+v", err)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	if s, err := peermail.Open("smtps://u:p@host?from=a@example.org"); err != nil {
		t.Error(err)
	} else if _, ok := s.(*peermail.SMTP); !ok {
		t.Errorf("Open = %T", s)
	}
	dir := filepath.Join(t.TempDir(), "letters")
	if s, err := peermail.Open("folder://" + filepath.ToSlash(dir) + "?from=a@example.org"); err != nil {
		t.Error(err)
	} else if _, ok := s.(*peermail.Folder); !ok {
		t.Errorf("Open = %T", s)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}

func TestFolderConforms(t *testing.T) {
	mailtest.Run(t, func(t *testing.T) mailtest.Desk {
		dir := t.TempDir()
		sender, err := peermail.NewFolder(dir, mail.Address{Name: "Päijät-Häme", Address: "info@example.org"})
		if err != nil {
			t.Fatal(err)
		}
		return mailtest.Desk{Sender: sender, Arrived: func() (letters [][]byte) {
			entries, err := os.ReadDir(dir) // temporary files too: none may stay
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				b, err := os.ReadFile(filepath.Join(dir, e.Name()))
				if err != nil {
					t.Fatal(err)
				}
				letters = append(letters, b)
			}
			return letters
		}}
	})
}

func TestFolderNamesFilesByDateAndIdentifier(t *testing.T) {
	dir := t.TempDir()
	sender, err := peermail.NewFolder(dir, mail.Address{Address: "info@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	m := mailtest.Plain()
	m.ID = "../../a%b@example.org"
	var written []string
	for range 2 { // the same message twice is one file
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		names, _ := filepath.Glob(filepath.Join(dir, "*"))
		b, err := os.ReadFile(filepath.Join(dir, "20260304T050607.000Z-.._.._a_b@example.org.eml"))
		if err != nil || len(names) != 1 {
			t.Fatalf("files %v, %v", names, err)
		}
		written = append(written, string(b))
	}
	if written[0] != written[1] {
		t.Errorf("the same message gave different bytes:\n%s\n%s", written[0], written[1])
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), m); err == nil || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Send to a folder that is gone: %v, want Unavailable", err)
	}
}

// FuzzParseAddress: what is accepted travels as one address and is accepted again.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"ana@example.org", "Ana Ö <ana@bücher.example>", "a@b\r\nc", `"a b"@example.org`, "a@[127.0.0.1]", "<a@b>, <c@d>", "=?utf-8?q?=0Aa?= <a@b.c>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := peermail.ParseAddress(s)
		if err != nil {
			return
		}
		list, err := mail.ParseAddressList(a.String())
		if err != nil || len(list) != 1 || *list[0] != a {
			t.Errorf("ParseAddress(%q) = %+v, which reads as %v, %v", s, a, list, err)
		}
		if strings.ContainsAny(a.String(), "\r\n") {
			t.Errorf("ParseAddress(%q) = %q has a line break", s, a.String())
		}
		if again, err := peermail.ParseAddress(a.String()); err != nil || again != a {
			t.Errorf("ParseAddress(%q) = %+v, %v; want %+v", a.String(), again, err, a)
		}
	})
}
