package mail

import (
	"context"
	"errors"
	"net/mail"
	"os"
	"path/filepath"
	"strings"

	"peerscape/internal/fault"
)

// Folder writes messages to files that mail programs open (*.eml), for an
// installation without a mail server and for trying out.
type Folder struct {
	dir  string
	from mail.Address
}

// NewFolder makes a sender that writes to dir, which it makes if it is missing.
func NewFolder(dir string, from mail.Address) (*Folder, error) {
	from, err := address("sender", from)
	if err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, invalid("folder", "the folder for messages has no name").Do("Write it as folder:///path?from=name@domain")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "mail.folder", "the folder for messages cannot be made").Because(err)
	}
	return &Folder{dir: dir, from: from}, nil
}

// Send writes m as <date>-<identifier>.eml, readable to the owner alone. The file
// appears whole or not at all; the same message again is the same file.
func (f *Folder) Send(ctx context.Context, m Message) error {
	m, err := check(m)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fault.New(fault.Unavailable, "mail.stopped", "writing the message was stopped").Because(err)
	}
	temp, err := os.CreateTemp(f.dir, ".letter-*") // readable to the owner alone
	if err != nil {
		return notWritten(err)
	}
	_, err = render(m, f.from, f.from).WriteTo(temp)
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), filepath.Join(f.dir, fileName(m)))
	}
	if err != nil {
		return notWritten(errors.Join(err, os.Remove(temp.Name())))
	}
	return nil
}

func notWritten(err error) error {
	return fault.New(fault.Unavailable, "mail.folder", "the message cannot be written to its folder").Because(err)
}

func fileName(m Message) string {
	id := strings.Map(func(r rune) rune {
		if strings.ContainsRune("!#$%&'*/=?^`{|}~", r) {
			return '_'
		}
		return r
	}, m.ID)
	return m.Date.UTC().Format("20060102T150405.000Z") + "-" + id + ".eml"
}
