package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/language"
)

// render makes the letter of a checked message: plain text, or plain text and
// HTML as equals, quoted-printable so that no line is longer than 76 and nothing
// on the way wraps or re-codes it. The same message gives the same bytes.
func render(m Message, from, envelope mail.Address) *gomail.Msg {
	sum := sha256.Sum256([]byte(m.ID + "\x00" + m.Subject + "\x00" + m.Text + "\x00" + m.HTML))
	letter := gomail.NewMsg(
		gomail.WithNoDefaultUserAgent(),
		gomail.WithCharset(gomail.CharsetUTF8),
		gomail.WithEncoding(gomail.EncodingQP),
		gomail.WithBoundary(hex.EncodeToString(sum[:16])), // of the content: it cannot stand in it by design
	)
	letter.FromMailAddress(&from)
	letter.EnvelopeFromMailAddress(&envelope)
	letter.ToMailAddress(&m.To)
	letter.Subject(m.Subject)
	letter.SetDateWithValue(m.Date.UTC())
	letter.SetMessageIDWithValue(m.ID)
	// Absence notices and other robots do not answer what a robot sent (RFC 3834).
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Lang != language.Und {
		letter.SetGenHeader("Content-Language", m.Lang.String())
	}
	if n := len(m.References); n > 0 {
		letter.SetGenHeader("References", "<"+strings.Join(m.References, "> <")+">")
		letter.SetGenHeader("In-Reply-To", "<"+m.References[n-1]+">")
	}
	if m.Unsubscribe != "" {
		letter.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		letter.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	letter.SetBodyString(gomail.TypeTextPlain, lines(m.Text))
	if m.HTML != "" {
		letter.AddAlternativeString(gomail.TypeTextHTML, lines(m.HTML))
	}
	return letter
}

// lines ends every line of a text the same way, the last one too.
func lines(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimRight(s, "\n") + "\n"
}
