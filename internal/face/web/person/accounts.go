package person

import (
	"context"
	"net/http"
	"slices"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
)

// accountsView lists the accounts of the installation.
type accountsView struct {
	problem     *component.Problem
	shared      *shared
	accounts    []people.Account
	may         []component.Option // what somebody can be invited as
	invitations []people.Invitation
}

func (s *Person) accounts(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	return s.accountsPage(ctx, &accountsView{}, 0)
}

func (s *Person) accountsPage(ctx context.Context, v *accountsView, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	var err error
	if v.accounts, err = s.people.Accounts(ctx, a); err != nil {
		return nil, err
	}
	all, err := s.people.Invitations(ctx, a, "")
	if err != nil {
		return nil, err
	}
	partnerships, err := s.register.List(ctx, a)
	if err != nil {
		return nil, err
	}
	v.may = []component.Option{{Text: locale.T(ctx, "people.as-administrator")}}
	for _, p := range partnerships {
		v.may = append(v.may, component.Option{Value: p.ID, Text: locale.T(ctx, "people.as-manager", "Name", p.Profile.Short)})
	}
	v.invitations = slices.DeleteFunc(all, func(i people.Invitation) bool { return !i.Open(s.Now()) })
	return &page.Answer{Title: locale.T(ctx, "people.title"), Body: accountsPage(v), Status: status}, nil
}

// invite invites an administrator, or a project manager of a partnership.
func (s *Person) invite(ctx context.Context, r *http.Request) (*page.Answer, error) {
	i := people.Invitation{Email: r.PostFormValue("email"), Role: people.Administrator}
	if id := r.PostFormValue("partnership"); id != "" {
		i.Role, i.Partnership = people.ProjectManager, id
	}
	made, err := s.invited(ctx, i)
	if p, status, ok := page.Said(ctx, err); ok {
		return s.accountsPage(ctx, &accountsView{problem: p}, status)
	}
	if err != nil {
		return nil, err
	}
	return s.accountsPage(ctx, &accountsView{shared: made}, 0)
}

// invited makes an invitation and sends it where mail is sent.
func (s *Person) invited(ctx context.Context, i people.Invitation) (*shared, error) {
	a := page.Actor(ctx)
	secret, err := s.people.Invite(ctx, a, i)
	if err != nil {
		return nil, err
	}
	out := &shared{link: s.Link("/invitations/" + secret), to: i.Email}
	if s.post != nil {
		out.mailed = true
		return out, s.post.Invitation(ctx, people.Mail{Address: i.Email, Lang: locale.Code(ctx)}, a.Name, out.link)
	}
	return out, nil
}

// withdraw makes an invitation worthless.
func (s *Person) withdraw(ctx context.Context, r *http.Request) (*page.Answer, error) {
	err := s.people.WithdrawInvitation(ctx, page.Actor(ctx), r.PathValue("invitation"))
	if p, status, ok := page.Said(ctx, err); ok {
		return s.accountsPage(ctx, &accountsView{problem: p}, status)
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: "/people"}, nil
}

// confirmView says what an act does to an account before it is done.
type confirmView struct {
	account people.Account
	act     string
}

// confirmed are the acts that are asked about first; for each the messages say what
// goes and what stays.
var confirmed = []string{"close", "erase", "factors", "email"}

func (s *Person) confirm(ctx context.Context, r *http.Request) (*page.Answer, error) {
	a, v := page.Actor(ctx), &confirmView{act: r.PathValue("act")}
	all, err := s.people.Accounts(ctx, a)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(o people.Account) bool { return o.ID == r.PathValue("account") })
	if at < 0 || !slices.Contains(confirmed, v.act) {
		return nil, missing(r)
	}
	if err := a.Fresh(s.Now()); err != nil { // now, not after the answer
		return nil, err
	}
	v.account = all[at]
	title := locale.T(ctx, "confirm."+v.act, "Name", v.account.Name)
	crumbs := []component.Crumb{{Text: locale.T(ctx, "people.title"), Href: "/people"}, {Text: title}}
	return &page.Answer{Title: title, Body: confirmPage(v), Crumbs: crumbs}, nil
}

func missing(r *http.Request) error {
	path := fault.Clip(r.URL.Path, 80)
	return fault.New(fault.Missing, "page.missing", "there is no page at %s", path).With("path", path).Do("Check the address")
}

// account does something to an account.
func (s *Person) account(ctx context.Context, r *http.Request) (*page.Answer, error) {
	a, id := page.Actor(ctx), r.PathValue("account")
	var made *shared
	var err error
	switch act := r.PathValue("act"); act {
	case "close", "open":
		err = s.people.Close(ctx, a, id, act == "close")
	case "reset":
		var secret string
		if secret, err = s.people.ResetLink(ctx, a, id); err == nil {
			made = &shared{link: s.Link("/reset/" + secret)}
		}
	case "factors":
		err = s.people.DropFactors(ctx, a, id)
	case "email":
		err = s.people.SetEmail(ctx, a, id, r.PostFormValue("email"))
	case "erase":
		err = s.people.Erase(ctx, a, id, s.keepers)
	default:
		err = missing(r)
	}
	if p, status, ok := page.Said(ctx, err); ok {
		return s.accountsPage(ctx, &accountsView{problem: p}, status)
	}
	if err != nil {
		return nil, err
	}
	if made != nil {
		return s.accountsPage(ctx, &accountsView{shared: made}, 0)
	}
	return &page.Answer{Redirect: "/people"}, nil
}
