package people

import (
	"context"
	"fmt"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Keeper is a subject that holds something about persons. The program lists all
// keepers; an export asks each, an erasure tells each.
type Keeper interface {
	// Holds returns what the subject holds about an account, ready for JSON: the
	// name of the part, and its rows.
	Holds(ctx context.Context, account string) (part string, rows any, err error)
	// Forget removes it in the transaction of an erasure. What an audit must find
	// again stays under the account's id, which then names nobody.
	Forget(ctx context.Context, tx *db.Tx, account string) error
}

// Export is everything that the installation holds about a person.
type Export struct {
	Made        time.Time      `json:"made"`
	Account     AccountExport  `json:"account"`
	Identities  []Identity     `json:"identities"`
	Roles       []Grant        `json:"roles"`
	Sessions    []Session      `json:"sessions"`
	Invitations []Invitation   `json:"invitations"`
	Invited     []Invitation   `json:"invited"` // by the person; to whom is theirs, not hers
	Consents    []Consent      `json:"consents"`
	Audit       []Entry        `json:"audit"`
	AboutMe     []Entry        `json:"audit_about_me"` // what others did to the account; who they are is theirs
	Parts       map[string]any `json:"parts"`          // what other subjects hold
}

// AccountExport is an account as its person gets it: what she signs in with is
// named, not given out.
type AccountExport struct {
	ID       string    `json:"id"`
	Email    string    `json:"email"`
	Name     string    `json:"name"`
	Lang     string    `json:"lang"`
	Zone     string    `json:"zone"`
	Created  time.Time `json:"created"`
	Password bool      `json:"password"`
	Codes    bool      `json:"codes"`
	Passkeys []string  `json:"passkeys"`
}

// Consent is what a person agreed to.
type Consent struct {
	Purpose   string    `json:"purpose"`
	Version   string    `json:"version"` // of the text she agreed to
	Given     time.Time `json:"given"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

// Consent records that the actor agrees to a purpose, or no longer does.
func (d *Directory) Consent(ctx context.Context, a *Actor, purpose, version string, agrees bool) error {
	if a.Nobody() {
		return signInFirst()
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		now := written(d.Now())
		if err := withdrawConsent(ctx, tx, a.Account, purpose, now); err != nil {
			return err
		}
		act := "consent-withdrawn"
		if agrees {
			act = "consent-given"
			if err := insertConsent(ctx, tx, a.Account, purpose, version, now); err != nil {
				return err
			}
		}
		return d.note(ctx, tx, a.Account, act, "account:"+a.Account, "", map[string]string{"purpose": purpose, "version": version})
	})
}

// Export returns what is held about the actor; an administrator gets another
// person's, to answer a request made on paper.
func (d *Directory) Export(ctx context.Context, a *Actor, account string, keepers []Keeper) (*Export, error) {
	if err := d.aboutSelf(a, account); err != nil {
		return nil, err
	}
	if err := a.Fresh(d.Now()); err != nil {
		return nil, err
	}
	q := d.DB.Read()
	x := &Export{Made: d.Now(), Parts: map[string]any{}}
	who, err := selectAccount(ctx, q, account)
	if err != nil {
		return nil, err
	}
	x.Account = AccountExport{ID: who.ID, Email: who.Email, Name: who.Name, Lang: who.Lang, Zone: who.Zone, Created: who.Created}
	steps := []func() error{
		func() (err error) {
			x.Account.Password, x.Account.Codes, err = selectProofs(ctx, q, account)
			return err
		},
		func() (err error) { x.Account.Passkeys, err = selectPasskeyNames(ctx, q, account); return err },
		func() (err error) { x.Roles, err = selectAllGrants(ctx, q, account); return err },
		func() (err error) { x.Sessions, err = selectSessions(ctx, q, account, "", ""); return err },
		func() (err error) { x.Invitations, err = selectInvitationsTo(ctx, q, who.Email); return err },
		func() (err error) { x.Consents, err = selectConsents(ctx, q, account); return err },
		func() (err error) {
			x.Audit, err = selectAudit(ctx, q, AuditFilter{Actor: account, Most: mostListed})
			return err
		},
		func() (err error) { x.Identities, err = selectIdentities(ctx, q, account); return err },
		func() (err error) {
			x.Invited, err = selectInvitationsBy(ctx, q, account)
			for i := range x.Invited {
				x.Invited[i].Email, x.Invited[i].UsedBy = "", ""
			}
			return err
		},
		func() (err error) {
			x.AboutMe, err = selectAuditAbout(ctx, q, account)
			withoutNames(x.AboutMe)
			return err
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("export what is held about a person: %w", err)
		}
	}
	for _, k := range keepers {
		part, rows, err := k.Holds(ctx, account)
		if err != nil {
			return nil, fmt.Errorf("export what %s holds about a person: %w", part, err)
		}
		x.Parts[part] = rows
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		return d.note(ctx, tx, a.Account, "data-exported", "account:"+account, "", nil)
	})
	return x, err
}

// withoutNames replaces those who did something by numbers of this copy.
func withoutNames(all []Entry) {
	numbers := map[string]string{"": "", "system": "system"}
	for i := range all {
		e := &all[i]
		if _, known := numbers[e.Actor]; !known {
			numbers[e.Actor] = fmt.Sprintf("person %d", len(numbers)-1)
		}
		e.Actor = numbers[e.Actor]
	}
}

// aboutSelf lets a person through to what is her own, and an administrator.
func (d *Directory) aboutSelf(a *Actor, account string) error {
	if a.Nobody() {
		return signInFirst()
	}
	if a.Account == account {
		return nil
	}
	return a.May(ManageAccounts, Object{})
}

// Erase removes a person's data: name, address, everything she signs in with, and
// what the keepers hold. The id stays in histories and in the audit log, where it
// then names nobody; roles end today. It cannot be undone.
func (d *Directory) Erase(ctx context.Context, a *Actor, account string, keepers []Keeper) error {
	if err := d.aboutSelf(a, account); err != nil {
		return err
	}
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := d.aboutSelf(a, account); err != nil {
			return err
		}
		who, err := selectAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if !who.Erased.IsZero() {
			return fault.New(fault.Conflict, "people.erased", "this person's data have been erased").Do("Nothing more is held")
		}
		grants, err := selectGrants(ctx, tx, account, d.today())
		if err != nil {
			return err
		}
		for i := range grants {
			if err := d.notTheLast(ctx, tx, &grants[i]); err != nil {
				return err
			}
		}
		for _, k := range keepers {
			if err := k.Forget(ctx, tx, account); err != nil {
				return fmt.Errorf("erase a person: %w", err)
			}
		}
		if err := d.shut(ctx, tx, account); err != nil {
			return err
		}
		if err := endGrants(ctx, tx, account, d.today()); err != nil {
			return err
		}
		if err := eraseAccount(ctx, tx, account, who.Email, written(d.Now())); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "erased", "account:"+account, "", nil)
	})
}

// Retention says how long rows of a kind are kept.
type Retention struct {
	Kind string
	Rule string // in prose
	Keep time.Duration
}

// Retentions is the table of what the daily job removes; docs and privacy page
// print it. The audit log stays: it holds ids, not persons.
func Retentions() []Retention {
	const day = 24 * time.Hour
	return []Retention{
		{"session", "Sessions, from their end.", 0},
		{"ceremony", "Half-finished sign-ins, from their end.", 0},
		{"attempt", "Failed tries, from the first.", day},
		{"invitation", "Invitations that nobody accepted, from their end.", 30 * day},
	}
}

// Removed is a line of the report of a retention run.
type Removed struct {
	Kind string
	Rows int64
}

// Remover removes the old rows of another subject.
type Remover struct {
	Retention
	Remove func(ctx context.Context, tx *db.Tx, before time.Time) (int64, error)
}

// Retain removes what the table of retentions says, here and in other subjects, and
// notes what it removed.
func (d *Directory) Retain(ctx context.Context, others ...Remover) (report []Removed, err error) {
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		report = nil
		now := d.Now()
		details := map[string]string{}
		for _, r := range Retentions() {
			n, err := removeOld(ctx, tx, r.Kind, written(now.Add(-r.Keep)), written(now.Add(-idle)))
			if err != nil {
				return fmt.Errorf("remove old rows of %s: %w", r.Kind, err)
			}
			report = append(report, Removed{r.Kind, n})
			details[r.Kind] = fmt.Sprint(n)
		}
		for _, r := range others {
			n, err := r.Remove(ctx, tx, now.Add(-r.Keep))
			if err != nil {
				return fmt.Errorf("remove old rows of %s: %w", r.Kind, err)
			}
			report = append(report, Removed{r.Kind, n})
			details[r.Kind] = fmt.Sprint(n)
		}
		return d.note(ctx, tx, "system", "retention", "retention:", "", details)
	})
	return report, err
}
