package cli

import (
	"fmt"
	"strconv"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/letter"
	"peerscape/internal/face/locale"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/mail"
)

// letters opens what letters need: who sends them, and the time zone of people who
// have named none. Both may be empty.
func letters(server, zone string) (mail.Sender, *time.Location, error) {
	at, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return nil, nil, fault.New(fault.Invalid, "serve.zone", "there is no time zone %q", fault.Clip(zone, 60)).Do("Write it as Europe/Helsinki").Because(err)
	}
	if server == "" {
		return nil, at, nil
	}
	sender, err := mail.Open(server)
	return sender, at, err
}

// mailCommand is about letters.
type mailCommand struct {
	Test mailTestCommand `cmd:"" help:"Send a letter that says that letters arrive."`
}

// mailTestCommand sends one letter, as serve would.
type mailTestCommand struct {
	To     string `arg:"" help:"Address that gets the letter."`
	Mail   string `required:"" env:"PEERSCAPE_MAIL" placeholder:"URL" help:"Mail server, as for serve (${env})."`
	Origin string `required:"" env:"PEERSCAPE_ORIGIN" placeholder:"URL" help:"Address under which people reach the site (${env})."`
	Lang   string `default:"en" placeholder:"LANG" help:"Language of the letter (default ${default})."`
}

func (c *mailTestCommand) Run(s *session) error {
	origin, err := readOrigin(c.Origin)
	if err != nil {
		return err
	}
	sender, _, err := letters(c.Mail, "")
	if err != nil {
		return err
	}
	to, err := mail.ParseAddress(c.To)
	if err != nil {
		return err
	}
	words, err := locale.Open(catalogues("")...)
	if err != nil {
		return err
	}
	if !words.Has(c.Lang) {
		return fault.New(fault.Invalid, "mail.lang", "there are no texts in %q", fault.Clip(c.Lang, 20)).Do("Choose en, fi, de, es or pl")
	}
	m, err := (&letter.Writer{Words: words, Origin: origin}).Test(people.Mail{Address: to.Address, Lang: c.Lang})
	if err != nil {
		return err
	}
	now := s.Now()
	m.ID, m.Date = strconv.FormatInt(now.UnixNano(), 36)+".test@"+origin.Hostname(), now
	if err := sender.Send(s, m); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "The mail server has taken the letter to %s.\n", to.Address)
	return nil
}
