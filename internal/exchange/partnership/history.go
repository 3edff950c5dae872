package partnership

import (
	"context"
	"encoding/json"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// History lists the versions of a part, one that was removed among them, newest
// first, those older than the number before (0: all).
func (r *Register) History(ctx context.Context, a *people.Actor, p *Partnership, k Kind, id string, before int) ([]content.Version, error) {
	if err := r.mayRead(ctx, a, p, k, id); err != nil {
		return nil, err
	}
	return content.List(ctx, r.DB.Read(), content.Subject{Kind: "partnership/" + string(k), ID: id}, before, 100)
}

// Version returns one version with its body.
func (r *Register) Version(ctx context.Context, a *people.Actor, p *Partnership, k Kind, id string, number int) (content.Version, error) {
	if err := r.mayRead(ctx, a, p, k, id); err != nil {
		return content.Version{}, err
	}
	return content.Get(ctx, r.DB.Read(), content.Subject{Kind: "partnership/" + string(k), ID: id}, number)
}

// mayRead asks for a role in the partnership and for a part that belongs to it.
func (r *Register) mayRead(ctx context.Context, a *people.Actor, p *Partnership, k Kind, id string) error {
	if err := a.May(people.ReadInternal, people.Object{Partnership: p.ID}); err != nil {
		return err
	}
	if k == ProfileKind && id == p.ID {
		return nil
	}
	return ownPart(ctx, r.DB.Read(), p.ID, k, id)
}

func ownPart(ctx context.Context, q db.Querier, partnership string, k Kind, id string) error {
	ok, err := hasPart(ctx, q, partnership, k, id)
	if err == nil && !ok {
		err = fault.New(fault.Missing, "partnership.part", "this is not, or no longer, part of the partnership").Do("Look at its history, or go back to the partnership")
	}
	return err
}

// Restore makes a part again what it was in an earlier version, as a new one.
func (r *Register) Restore(ctx context.Context, a *people.Actor, partnership string, k Kind, id string, number, expect int) error {
	return r.change(ctx, a, partnership, func(tx *db.Tx, a *people.Actor, p *Partnership) error {
		if k != ProfileKind || id != p.ID {
			if err := ownPart(ctx, tx, p.ID, k, id); err != nil {
				return err
			}
		}
		s := content.Subject{Kind: "partnership/" + string(k), ID: id}
		old, err := content.Get(ctx, tx, s, number)
		if err != nil {
			return err
		}
		if string(old.Body) == "null" || old.Body == nil {
			return fault.New(fault.Conflict, "partnership.restore-nothing", "in version %d this had been removed", number).With("number", number).Do("Choose an earlier version")
		}
		x, err := Decode(k, Entry{ID: id, Version: expect}, old.Body)
		if err != nil {
			return err
		}
		if err := r.mayRestore(a, p, x); err != nil {
			return err
		}
		p.put(x)
		if err := p.check(); err != nil {
			return err
		}
		v, err := content.Restore(ctx, tx, number, content.Edit{Subject: s, Expect: expect, Author: a.Account, At: r.Now()})
		if err != nil {
			return err
		}
		if err := store(ctx, tx, p, x, v); err != nil {
			return err
		}
		return r.tell(ctx, tx, p, x, a.Account, restored)
	})
}

// MayRestore reports whether the actor could restore the part as it stands.
func (r *Register) MayRestore(a *people.Actor, p *Partnership, k Kind, id string) bool {
	x, err := p.Part(k, id)
	if err != nil { // removed: whoever may add one
		if x, err = New(k); err != nil {
			return false
		}
	}
	return r.mayRestore(a, p, x) == nil
}

// mayRestore asks for what a change needs and for the right to restore.
func (r *Register) mayRestore(a *people.Actor, p *Partnership, x Part) error {
	if err := r.Allowed(a, p, x); err != nil {
		return err
	}
	for _, o := range r.objects(p, x) {
		if err := a.May(people.RestoreVersion, o); err != nil {
			return err
		}
	}
	return nil
}

// Translate adds, replaces or takes away the translation of one text of a part.
// expect is the version that the translator saw.
func (r *Register) Translate(ctx context.Context, a *people.Actor, partnership string, k Kind, id string, expect int, translations map[string]content.Translation) error {
	return r.change(ctx, a, partnership, func(tx *db.Tx, a *people.Actor, p *Partnership) error {
		if err := a.May(people.TranslateContent, people.Object{Partnership: p.ID}); err != nil {
			return err
		}
		x, err := p.Part(k, id)
		if err != nil {
			return err
		}
		for _, f := range x.Texts() {
			n, asked := translations[f.Name]
			if !asked {
				continue
			}
			if n.Value, err = (content.Field{Name: f.Name, Most: f.Most, Lines: f.Lines}).Clean(n.Value); err != nil {
				return err
			}
			if *f.Text, err = f.Text.Translate(n); err != nil {
				return err
			}
		}
		x.Self().Version = expect
		if err := r.keep(ctx, tx, p, x, a.Account, ""); err != nil {
			return err
		}
		return r.tell(ctx, tx, p, x, a.Account, translated)
	})
}

// Reconcile joins a change that Save found stale with what others wrote since.
// It returns the joined part, ready to be saved, and the fields that both have
// changed, in which it holds what the others wrote.
func (r *Register) Reconcile(ctx context.Context, a *people.Actor, p *Partnership, x Part) (Part, content.Merged, error) {
	if err := a.May(people.ReadInternal, people.Object{Partnership: p.ID}); err != nil {
		return nil, content.Merged{}, err
	}
	body, err := json.Marshal(x)
	if err != nil {
		return nil, content.Merged{}, err
	}
	m, newest, err := content.Reconcile(ctx, r.DB.Read(), content.Edit{Subject: subject(x), Expect: x.Self().Version, Body: body})
	if err != nil {
		return nil, m, err
	}
	if string(newest.Body) == "null" {
		return nil, m, fault.New(fault.Conflict, "partnership.removed", "somebody has removed this since you opened it").Do("Bring it back from its history first")
	}
	joined, err := Decode(x.Kind(), Entry{ID: x.Self().ID, Version: newest.Number}, m.Body)
	return joined, m, err
}
