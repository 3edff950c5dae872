// Package person answers the pages about who may sign in: the accounts of the
// installation, invitations, the audit log.
//
// It decides nothing: package people does. Start with Routes.
package person

import (
	"context"

	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/web/page"
)

// Post sends the messages of this folder. It is nil where the installation sends
// no mail.
type Post interface {
	Invitation(ctx context.Context, to people.Mail, by, link string) error
}

// Person answers the pages of this folder.
type Person struct {
	*page.Site
	people   *people.Directory
	register *partnership.Register
	post     Post
	keepers  []people.Keeper
}

// Open makes the pages.
func Open(s *page.Site, d *people.Directory, r *partnership.Register, post Post, keepers []people.Keeper) *Person {
	return &Person{Site: s, people: d, register: r, post: post, keepers: keepers}
}

// Routes adds the pages to mux.
func (s *Person) Routes(mux page.Router) {
	for pattern, action := range map[string]page.Action{
		"GET /people":                             s.accounts,
		"GET /people/{account}/{act}":             s.confirm,
		"POST /people/{account}/{act}":            s.account,
		"POST /people/invite":                     s.invite,
		"GET /audit":                              s.audit,
		"GET /partnerships/{slug}/audit":          s.auditOf,
		"POST /invitations/{invitation}/withdraw": s.withdraw,
	} {
		mux.Handle(pattern, s.Handle(action))
	}
}

// shared is a link that was just made, shown once.
type shared struct {
	link   string
	to     string
	mailed bool
}
