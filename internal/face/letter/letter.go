// Package letter writes the messages that people get: invitations, links to a new
// password, and what they were told; each in the reader's language, as plain text
// and as a page.
//
// It sends nothing and decides nothing. Sentences about a notice are the same here
// and on the page of notices. Start with Writer.
package letter

import (
	"context"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"

	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/locale"
	post "peerscape/internal/machinery/mail"
)

// Writer writes letters.
type Writer struct {
	Words  *locale.Words
	Origin *url.URL // where people reach the site
}

// Sheet is what a letter says, before it has a form.
type sheet struct {
	subject string
	hello   string
	lead    []string
	items   []item
	button  string
	link    string
	foot    []line
}

// item is one notice.
type item struct {
	over string // whose: the partnership
	text string
	when string // and by whom
	link string
}

// line is a sentence at the foot, which may be a link.
type line struct{ text, link string }

// reader is the context in which texts are written for somebody.
func (w *Writer) reader(lang string) context.Context {
	return locale.With(context.Background(), w.Words.Reader("", lang))
}

// at is the address of a page of the site.
func (w *Writer) at(path string) string { return strings.TrimRight(w.Origin.String(), "/") + path }

// Invitation invites somebody by a link.
func (w *Writer) Invitation(to people.Mail, by, link string) (post.Message, error) {
	ctx := w.reader(to.Lang)
	return w.message(ctx, to, &sheet{
		subject: locale.T(ctx, "letter.invitation-subject", "Host", w.Origin.Host),
		lead:    []string{locale.T(ctx, "letter.invitation", "From", by, "Host", w.Origin.Host)},
		button:  locale.T(ctx, "letter.invitation-do"), link: link,
		foot: []line{{text: locale.T(ctx, "letter.invitation-else")}},
	})
}

// Reset gives the link to a new password.
func (w *Writer) Reset(to people.Mail, link string) (post.Message, error) {
	ctx := w.reader(to.Lang)
	return w.message(ctx, to, &sheet{
		subject: locale.T(ctx, "letter.reset-subject", "Host", w.Origin.Host),
		lead:    []string{locale.T(ctx, "letter.reset")},
		button:  locale.T(ctx, "letter.reset-do"), link: link,
		foot: []line{{text: locale.T(ctx, "letter.reset-else")}},
	})
}

// Test says that letters arrive.
func (w *Writer) Test(to people.Mail) (post.Message, error) {
	ctx := w.reader(to.Lang)
	return w.message(ctx, to, &sheet{
		subject: locale.T(ctx, "letter.test-subject", "Host", w.Origin.Host),
		lead:    []string{locale.T(ctx, "letter.test", "Host", w.Origin.Host)},
	})
}

// Notices tells what a letter of the center holds.
func (w *Writer) Notices(l *notice.Letter, f *Facts) (post.Message, error) {
	ctx := w.reader(l.To.Lang)
	s := &sheet{
		subject: locale.N(ctx, "letter.subject", len(l.Notices), "Host", w.Origin.Host),
		lead:    []string{locale.T(ctx, "letter.digest")},
		button:  locale.T(ctx, "letter.open"), link: w.at("/notices"),
		foot: []line{
			{text: locale.T(ctx, "letter.why", "Host", w.Origin.Host)},
			{text: locale.T(ctx, "letter.choose"), link: w.at("/notices/letters")},
		},
	}
	access := false
	for i := range l.Notices {
		n := &l.Notices[i]
		access = access || n.Kind == notice.AccessChanged
		it := item{over: f.Partnerships[n.Partnership], text: Sentence(ctx, n, f), when: locale.From(ctx).Moment(n.At.In(l.Zone))}
		if by := f.People[n.By]; by != "" && n.Kind != notice.AccessChanged {
			it.when += " · " + by
		}
		if n.Path != "" {
			it.link = w.at(n.Path)
		}
		s.items = append(s.items, it)
	}
	if len(l.Notices) == 1 {
		s.subject, s.lead = s.items[0].text, nil
		if over := s.items[0].over; over != "" {
			s.subject = over + ": " + s.subject
		}
	}
	if access {
		s.foot = append([]line{{text: locale.T(ctx, "letter.not-you")}}, s.foot...)
	}
	unsubscribe := ""
	if l.Token != "" {
		unsubscribe = w.at("/unsubscribe/" + l.Token)
		s.foot = append(s.foot, line{text: locale.T(ctx, "letters.end"), link: unsubscribe})
	}
	m, err := w.message(ctx, l.To, s)
	m.Unsubscribe = unsubscribe
	return m, err
}

// mostSubject bounds a subject, characters; mail programs show fewer.
const mostSubject = 120

// message gives a sheet its two forms. Date and identifier are the sender's.
func (w *Writer) message(ctx context.Context, to people.Mail, s *sheet) (post.Message, error) {
	if to.Name != "" {
		s.hello = locale.T(ctx, "letter.greeting", "Name", to.Name)
	}
	if r := []rune(s.subject); len(r) > mostSubject {
		s.subject = string(r[:mostSubject-1]) + "…"
	}
	var page strings.Builder
	if err := sheetPage(s).Render(ctx, &page); err != nil {
		return post.Message{}, fmt.Errorf("write a letter: %w", err)
	}
	return post.Message{
		To: mail.Address{Name: to.Name, Address: to.Address}, Subject: s.subject, Text: s.plain(), HTML: page.String(),
		Lang: language.Make(locale.Code(ctx)),
	}, nil
}

// plain is the letter as text.
func (s *sheet) plain() string {
	var b strings.Builder
	paragraph := func(lines ...string) {
		for _, l := range lines {
			if l != "" {
				b.WriteString(l + "\n")
			}
		}
		b.WriteString("\n")
	}
	if s.hello != "" {
		paragraph(s.hello)
	}
	for _, l := range s.lead {
		paragraph(l)
	}
	for _, i := range s.items {
		text := i.text
		if i.over != "" {
			text = i.over + ": " + text
		}
		paragraph("* "+text, "  "+i.when, strings.TrimRight("  "+i.link, " "))
	}
	if s.link != "" {
		paragraph(s.button+":", s.link)
	}
	if len(s.foot) > 0 {
		paragraph("----") // not the mark of a signature, which programs hide
	}
	for _, f := range s.foot {
		if f.link == "" {
			paragraph(f.text)
		} else {
			paragraph(f.text+":", f.link)
		}
	}
	return b.String()
}

// Day reads a date as a notice holds it.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
