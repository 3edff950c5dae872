package partnership

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
)

// Config is what a register stands on.
type Config struct {
	DB      *db.DB
	Now     func() time.Time
	Random  io.Reader
	People  *people.Directory
	Regions *nuts.Nomenclature
	Themes  []Theme
	Notices *notice.Center // nil: nobody is told of changes
}

// Register is all partnerships of an installation.
type Register struct{ Config }

// Open makes the register over a migrated database.
func Open(c Config) *Register { return &Register{c} }

// Listing is a partnership in a list.
type Listing struct {
	ID, Slug string
	Public   bool
	Profile  *Profile
}

// List lists the partnerships that somebody may see by name: those with a public
// face, and those in which she has a role.
func (r *Register) List(ctx context.Context, a *people.Actor) ([]Listing, error) {
	if err := a.Lacks(); err != nil {
		return nil, err
	}
	return selectListings(ctx, r.DB.Read(), who(a), r.today10())
}

// Get returns a partnership as somebody may see it: the whole with a role in it,
// its public face otherwise. It is a fault of kind Missing where she sees nothing
// of it, so that a guess at an address tells nothing.
func (r *Register) Get(ctx context.Context, a *people.Actor, slug string) (*Partnership, error) {
	p, err := r.read(ctx, r.DB.Read(), a, "slug", slug)
	if err != nil {
		return nil, err
	}
	if !p.Internal {
		for _, g := range p.Groups() {
			for i := range g.Members {
				g.Members[i].Account = ""
			}
		}
	}
	return p, nil
}

func (r *Register) read(ctx context.Context, q db.Querier, a *people.Actor, by, value string) (*Partnership, error) {
	if err := a.Lacks(); err != nil {
		return nil, err
	}
	p, profile, err := selectPartnership(ctx, q, by, value, who(a), r.today10())
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			err = NotThere()
		}
		return nil, err
	}
	parts, err := selectParts(ctx, q, p.ID, p.Internal)
	if err != nil {
		return nil, err
	}
	p.parts = append(p.parts, profile)
	for _, x := range parts {
		p.put(x)
	}
	return p, nil
}

// NotThere is the fault for what somebody may not know of.
func NotThere() error {
	return fault.New(fault.Missing, "partnership.missing", "there is no such partnership, or you have no part in it").
		Do("Choose one of the list, or sign in")
}

// who is the account of an actor, empty for nobody.
func who(a *people.Actor) string {
	if a.Nobody() {
		return ""
	}
	return a.Account
}

func (r *Register) today10() string { return r.Now().UTC().Format(time.DateOnly) }

var slugs = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// taken are addresses that the pages use themselves.
var taken = []string{"new", "demo"}

// Start sets up a partnership with semesters of six months. With lead, the actor becomes its project manager;
// without, somebody has to be invited as such.
func (r *Register) Start(ctx context.Context, a *people.Actor, slug string, profile *Profile, lead bool) (id string, err error) {
	if err := a.May(people.StartPartnership, people.Object{}); err != nil {
		return "", err
	}
	if len(slug) < 2 || len(slug) > 40 || !slugs.MatchString(slug) || slices.Contains(taken, slug) {
		return "", fault.New(fault.Invalid, "partnership.slug", "%q cannot stand in an address", fault.Clip(slug, 40)).
			With("slug", fault.Clip(slug, 40)).Do("Write 2 to 40 small letters without accents, digits and hyphens")
	}
	if id, err = r.newID(); err != nil {
		return "", err
	}
	return id, r.People.As(ctx, a, func(tx *db.Tx, a *people.Actor) error {
		if err := a.May(people.StartPartnership, people.Object{}); err != nil {
			return err
		}
		p, err := r.start(ctx, tx, a, id, slug, profile, lead)
		if err != nil {
			return err
		}
		for _, s := range Halves(profile.Span) {
			if err := r.keep(ctx, tx, p, s, a.Account, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Register) start(ctx context.Context, tx *db.Tx, a *people.Actor, id, slug string, profile *Profile, lead bool) (*Partnership, error) {
	if err := insertPartnership(ctx, tx, id, slug); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			err = fault.New(fault.Conflict, "partnership.slug-taken", "there already is a partnership at %q", slug).With("slug", slug).Do("Choose another address")
		}
		return nil, err
	}
	if lead {
		g := people.Grant{Account: a.Account, Role: people.ProjectManager, Partnership: id, By: a.Account}
		if err := r.People.Appoint(ctx, tx, g); err != nil {
			return nil, err
		}
	}
	profile.ID, profile.Version = id, 0
	p := &Partnership{ID: id, Slug: slug, Internal: true}
	if err := r.keep(ctx, tx, p, profile, a.Account, ""); err != nil {
		return nil, err
	}
	return p, r.People.Note(ctx, tx, a, "partnership-started", "partnership:"+id, id, map[string]string{"slug": slug})
}

// Save writes a part that is new (without ID) or was changed from the version
// that it names, and sets both. It is a fault of kind Stale if somebody else has
// changed it since: then Reconcile.
func (r *Register) Save(ctx context.Context, a *people.Actor, partnership string, x Part, note string) error {
	note, err := content.Field{Name: "note", Most: mostName}.Clean(note)
	if err != nil {
		return err
	}
	return r.SaveAll(ctx, a, partnership, note, func(save func(Part) error) error { return save(x) })
}

// SaveAll saves all parts that fn hands to save, or none: a later one may name the
// ID that saving gave to an earlier.
func (r *Register) SaveAll(ctx context.Context, a *people.Actor, partnership, note string, fn func(save func(Part) error) error) error {
	return r.change(ctx, a, partnership, func(tx *db.Tx, a *people.Actor, p *Partnership) error {
		return fn(func(x Part) error {
			if err := r.Allowed(a, p, x); err != nil {
				return err
			}
			act := changed
			if x.Self().ID == "" {
				act = added
			}
			if err := r.keep(ctx, tx, p, x, a.Account, note); err != nil {
				return err
			}
			return r.tell(ctx, tx, p, x, a.Account, act)
		})
	})
}

// change runs fn in a transaction with the actor's roles and the partnership of
// now.
func (r *Register) change(ctx context.Context, a *people.Actor, partnership string, fn func(tx *db.Tx, a *people.Actor, p *Partnership) error) error {
	return r.People.As(ctx, a, func(tx *db.Tx, a *people.Actor) error {
		p, err := r.read(ctx, tx, a, "id", partnership)
		if err != nil {
			return err
		}
		if err := a.May(people.ReadInternal, people.Object{Partnership: p.ID}); err != nil {
			return err
		}
		return fn(tx, a, p)
	})
}

// Allowed returns nil if the actor may make of the partnership's part what x says,
// else a fault of kind Denied: somebody who is bound to a region, only if the part
// is of that region now and stays so.
func (r *Register) Allowed(a *people.Actor, p *Partnership, x Part) error {
	objects := r.objects(p, x)
	if old, err := p.Part(x.Kind(), x.Self().ID); err == nil {
		objects = append(objects, r.objects(p, old)...)
	}
	for _, o := range objects {
		if err := a.May(x.Kind().Act(), o); err != nil {
			return err
		}
	}
	return nil
}

// keep puts the part into the partnership, holds the whole against its rules and
// writes part and version.
func (r *Register) keep(ctx context.Context, tx *db.Tx, p *Partnership, x Part, author, note string) error {
	if x.Kind() == ProfileKind {
		x.Self().ID = p.ID
	} else if x.Self().ID == "" {
		id, err := r.newID()
		if err != nil {
			return err
		}
		x.Self().ID = id
	} else if _, err := p.Part(x.Kind(), x.Self().ID); err != nil {
		return err
	}
	body, err := Encode(x)
	if err != nil {
		return err
	}
	p.put(x)
	if err := p.check(); err != nil {
		return err
	}
	if err := r.checkRegions(p); err != nil {
		return err
	}
	if err := r.checkThemes(p.Profile().Themes); err != nil {
		return err
	}
	if err := checkMembers(ctx, tx, p, x); err != nil {
		return err
	}
	v, err := content.Save(ctx, tx, content.Edit{
		Subject: subject(x), Expect: x.Self().Version, Author: author, At: r.Now(), Note: note, Body: body,
	})
	if err != nil {
		return err
	}
	return store(ctx, tx, p, x, v)
}

// subject names a part in the history.
func subject(x Part) content.Subject {
	return content.Subject{Kind: "partnership/" + string(x.Kind()), ID: x.Self().ID}
}

// store writes the row of a part whose version was saved.
func store(ctx context.Context, tx *db.Tx, p *Partnership, x Part, v content.Version) error {
	x.Self().Version = v.Number
	if x.Kind() == ProfileKind {
		return updateProfile(ctx, tx, p.ID, v.Number, v.Body)
	}
	return upsertPart(ctx, tx, x.Self().ID, p.ID, x.Kind(), kinds[indexOf(x.Kind())].internal, v.Number, v.Body)
}

// Encode returns the JSON form of a part, and refuses one that could not be read
// back.
func Encode(x Part) (json.RawMessage, error) {
	body, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("write a part: %w", err)
	}
	_, err = Decode(x.Kind(), *x.Self(), body)
	return body, err
}

// Decode reads the JSON form of a part.
func Decode(k Kind, self Entry, body []byte) (Part, error) {
	x, err := New(k)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(x); err != nil {
		return nil, fmt.Errorf("read %s %s: %w", k, self.ID, err)
	}
	*x.Self() = self
	return x, nil
}

// Remove takes a part away. Its history stays, and Restore brings it back. A part
// that another one names stays.
func (r *Register) Remove(ctx context.Context, a *people.Actor, partnership string, k Kind, id string, expect int) error {
	return r.change(ctx, a, partnership, func(tx *db.Tx, a *people.Actor, p *Partnership) error {
		x, err := p.Part(k, id)
		if err != nil {
			return err
		}
		if k == ProfileKind {
			return fault.New(fault.Conflict, "partnership.profile", "the profile cannot be removed").Do("Change it")
		}
		if err := r.Allowed(a, p, x); err != nil {
			return err
		}
		p.drop(id)
		if err := p.check(); err != nil {
			return fault.New(fault.Conflict, "partnership.needed", "other parts of the partnership name this one").Do("Change or remove those first").Because(err)
		}
		v, err := content.Save(ctx, tx, content.Edit{Subject: subject(x), Expect: expect, Author: a.Account, At: r.Now(), Body: json.RawMessage("null")})
		if err != nil {
			return err
		}
		if err := store(ctx, tx, p, x, v); err != nil {
			return err
		}
		return r.tell(ctx, tx, p, x, a.Account, removed)
	})
}

// Publish gives the partnership a public face, or takes it away.
func (r *Register) Publish(ctx context.Context, a *people.Actor, partnership string, public bool) error {
	return r.change(ctx, a, partnership, func(tx *db.Tx, a *people.Actor, p *Partnership) error {
		if err := a.May(people.EditPartnership, people.Object{Partnership: p.ID}); err != nil {
			return err
		}
		if p.Public == public {
			return nil
		}
		if err := updatePublic(ctx, tx, p.ID, public); err != nil {
			return err
		}
		act := "partnership-published"
		if !public {
			act = "partnership-withdrawn"
		}
		return r.People.Note(ctx, tx, a, act, "partnership:"+p.ID, p.ID, nil)
	})
}

var ids = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newID returns 16 characters that no part has had before.
func (r *Register) newID() (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(r.Random, b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return ids.EncodeToString(b[:]), nil
}
