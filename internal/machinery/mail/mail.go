// Package mail knows how a message reaches one person's mailbox.
//
// It knows no account, no template and no queue: a message comes in finished,
// with its identifier and its date, and is handed to a mail server (SMTP) or
// written to a folder (Folder), at once and once; trying again is the caller's.
// It refuses line breaks where a header could be forged, addresses that a mail
// server would not take, and a password over a connection that anybody can read.
// Start with Message, Sender and Open.
package mail

import (
	"context"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/language"

	"peerscape/internal/fault"
)

// Limits of a message. Longer texts belong behind a link.
const (
	maxSubject = 250       // characters
	maxName    = 200       // characters
	maxBody    = 512 << 10 // bytes, of each of the two texts
	maxLink    = 900       // bytes: a header line ends at 998
	maxID      = 200       // bytes
	maxThread  = 20        // references; the oldest are left out
)

// Message is what one person receives. There is one recipient, so that nobody
// reads the addresses of others.
type Message struct {
	To      mail.Address // name may be empty; the domain may be written in any script
	Subject string       // one line
	Text    string       // plain text; required
	HTML    string       // the same in HTML; may be empty
	Lang    language.Tag // of both texts; language.Und leaves it out
	// Unsubscribe ends this kind of message with one click (RFC 8058): an address
	// that takes a POST without a cookie. It must be https, or http on this
	// machine. Empty for messages that cannot be declined, such as invitations.
	// Mail providers heed it only if the server that sends signs it (DKIM).
	Unsubscribe string
	ID          string    // left@domain, without angle brackets; new for each message, kept when it is sent again
	Date        time.Time // when it was written
	References  []string  // identifiers of earlier messages of the thread, oldest first
}

// Sender hands messages over. It is safe for use by several goroutines.
type Sender interface {
	// Send hands over one message. After nil the message is in the hands of the
	// server. Its errors are faults:
	//
	//	Invalid      this message will never be taken: give up
	//	Denied       the server refuses us: the operator must act
	//	Unavailable  the server does not answer or says later: try again
	Send(ctx context.Context, m Message) error
}

// check refuses what would not arrive, or arrive as something else, and returns
// the message with its address in the form that travels.
func check(m Message) (Message, error) {
	to, err := address("recipient", m.To)
	if err != nil {
		return m, err
	}
	m.To = to
	if err := line("subject", m.Subject, maxSubject); err != nil {
		return m, err
	}
	if strings.TrimSpace(m.Subject) == "" || strings.TrimSpace(m.Text) == "" {
		return m, invalid("empty", "a message needs a subject and a plain text")
	}
	for _, body := range []string{m.Text, m.HTML} {
		if len(body) > maxBody {
			return m, invalid("long", "the text of a message has %d bytes", len(body)).Do("Shorten it to %d bytes, or put the rest behind a link", maxBody)
		}
		if !utf8.ValidString(body) || strings.ContainsRune(body, 0) {
			return m, invalid("text", "the text of a message is not valid UTF-8")
		}
	}
	if m.Date.IsZero() {
		return m, invalid("date", "a message needs a date")
	}
	for _, id := range append([]string{m.ID}, m.References...) {
		if !identifier(id) {
			return m, invalid("id", "%q is no identifier of a message", fault.Clip(id, 60)).Do("Write it as left@domain")
		}
	}
	m.References = m.References[max(0, len(m.References)-maxThread):]
	return m, link(m.Unsubscribe)
}

func invalid(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, "mail."+key, format, args...)
}

// ParseAddress reads an address that a person wrote, such as "ana@example.org"
// or "Ana Example <ana@example.org>", and returns it as it travels.
func ParseAddress(s string) (mail.Address, error) {
	a, err := mail.ParseAddress(strings.TrimSpace(s))
	if err != nil {
		return mail.Address{}, notAddress("e-mail", s).Because(err)
	}
	return address("e-mail", *a)
}

// address checks a and turns its domain into the letters that every server
// knows (bücher.example becomes xn--bcher-kva.example).
func address(role string, a mail.Address) (mail.Address, error) {
	if err := line("name", a.Name, maxName); err != nil {
		return a, err
	}
	left, domain, ok := cutLast(a.Address, "@")
	if !ok || left == "" || domain == "" || len(left) > 64 || len(a.Address) > 254 || strings.ContainsFunc(a.Address, notPrinted) {
		return a, notAddress(role, a.Address)
	}
	if strings.ContainsFunc(left, func(r rune) bool { return r > unicode.MaxASCII }) {
		return a, notAddress(role, a.Address).Do("Use letters without accents before the @; many servers take no others")
	}
	plain, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return a, notAddress(role, a.Address).Because(err)
	}
	a.Address = left + "@" + plain
	if parsed, err := mail.ParseAddress(a.Address); err != nil || parsed.Address != a.Address {
		return a, notAddress(role, a.Address).Because(err)
	}
	return a, nil
}

func notAddress(role, s string) *fault.Error {
	return invalid("address", "%q is no %s address", fault.Clip(s, 80), role).With("address", fault.Clip(s, 80)).Do("Write it as name@domain")
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// notPrinted is true for what forges headers or hides what is written: controls,
// line and paragraph separators, marks that turn the direction of writing.
func notPrinted(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// line refuses text that is not one printed line.
func line(what, s string, most int) error {
	if n := utf8.RuneCountInString(s); n > most {
		return invalid("long", "the %s of a message has %d characters", what, n).Do("Shorten it to %d", most)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, notPrinted) {
		return invalid("line", "the %s of a message has a line break or another control character", what).Do("Write it in one line")
	}
	return nil
}

// identifier reports whether s may stand between the brackets of a Message-ID.
func identifier(s string) bool {
	left, right, ok := strings.Cut(s, "@")
	if !ok || left == "" || right == "" || len(s) > maxID {
		return false
	}
	const marks = "!#$%&'*+-/=?^_`{|}~."
	return !strings.ContainsFunc(left+right, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(marks, r))
	})
}

func link(s string) error {
	if s == "" {
		return nil
	}
	bad := invalid("unsubscribe", "the address that ends a subscription is not one").Do("Give a complete https address of at most %d bytes", maxLink)
	if len(s) > maxLink || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>",\`, r) }) {
		return bad
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return bad
	}
	if u.Scheme == "https" || u.Scheme == "http" && here(u.Hostname()) {
		return nil
	}
	return bad
}

// here reports whether a host is this machine.
func here(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
