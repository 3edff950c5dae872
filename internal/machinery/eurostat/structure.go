package eurostat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/wire/sdmxml"
)

// Artefact is a kind of structure that can be asked for.
type Artefact string

// The artefacts, by their names in an address.
const (
	Dataflow          Artefact = "dataflow"
	DataStructure     Artefact = "datastructure"
	CodeList          Artefact = "codelist"
	ContentConstraint Artefact = "contentconstraint"
)

const (
	maxStructure = 256 << 20        // bytes of a structure message
	knownFor     = 10 * time.Minute // that a structure is taken for current
)

// Structure returns a dataset's dataflow, data structure and the code lists of
// its dimensions, with the codes that the dataset uses. The result is shared:
// do not change it.
func (c *Client) Structure(ctx context.Context, dataset string) (*sdmxml.Structure, error) {
	q := Query{Dataset: dataset}
	if err := q.check(); err != nil {
		return nil, err
	}
	leave, err := c.enter(ctx, dataset)
	if err != nil {
		return nil, err
	}
	defer leave()
	return c.fullStructure(ctx, dataset)
}

// Constraint returns the codes that occur in a dataset's figures. The result is
// shared: do not change it.
func (c *Client) Constraint(ctx context.Context, dataset string) (*sdmxml.Constraint, error) {
	q := Query{Dataset: dataset}
	if err := q.check(); err != nil {
		return nil, err
	}
	leave, err := c.enter(ctx, dataset)
	if err != nil {
		return nil, err
	}
	defer leave()
	return c.constraintOf(ctx, dataset)
}

// Artefact returns one artefact by its id, "all" for every one of its kind.
// An empty version is the latest.
func (c *Client) Artefact(ctx context.Context, kind Artefact, id, version string) (*sdmxml.Structure, error) {
	if version == "" {
		version = "latest"
	}
	if !isID(string(kind)) || !isID(id) || !isID(strings.ReplaceAll(version, ".", "")) {
		return nil, fault.New(fault.Invalid, "eurostat.artefact", "%q is not the id of a %s", fault.Clip(id, 60), kind).
			Do("Ids are letters, digits, _, -, @ and $")
	}
	leave, err := c.enter(ctx, id)
	if err != nil {
		return nil, err
	}
	defer leave()
	return c.structure(ctx, kind, id, version, "")
}

// flowOf returns the dataflow of a dataset alone.
func (c *Client) flowOf(ctx context.Context, dataset string) (*sdmxml.Structure, error) {
	k := c.knownOf(dataset)
	if k.full != nil {
		return k.full, nil
	}
	if k.flow == nil {
		s, err := c.structure(ctx, Dataflow, dataset, "latest", "?references=none")
		if err != nil {
			return nil, err
		}
		k.flow = s
	}
	return k.flow, nil
}

// fullStructure returns the dataflow with all that it refers to. Where the
// service leaves out the data structure, it is asked for by its own name.
func (c *Client) fullStructure(ctx context.Context, dataset string) (*sdmxml.Structure, error) {
	k := c.knownOf(dataset)
	if k.full != nil {
		return k.full, nil
	}
	s, err := c.structure(ctx, Dataflow, dataset, "latest", "?references=descendants&detail=referencepartial")
	if err != nil {
		return nil, err
	}
	if _, err := structureOf(s, dataset); err != nil && len(s.Dataflows) > 0 && s.Dataflows[0].Structure.ID != "" {
		ref := s.Dataflows[0].Structure
		d, err := c.structure(ctx, DataStructure, ref.ID, orLatest(ref.Version), "?references=children")
		if err != nil {
			return nil, err
		}
		s.DataStructures, s.CodeLists, s.Concepts = d.DataStructures, append(s.CodeLists, d.CodeLists...), d.Concepts
	}
	k.full = s
	return s, nil
}

func orLatest(version string) string {
	if version == "" {
		return "latest"
	}
	return version
}

func (c *Client) constraintOf(ctx context.Context, dataset string) (*sdmxml.Constraint, error) {
	k := c.knownOf(dataset)
	if k.constraint != nil {
		return k.constraint, nil
	}
	s, err := c.structure(ctx, ContentConstraint, dataset, "latest", "")
	if err != nil {
		return nil, err
	}
	if len(s.Constraints) == 0 {
		return nil, fault.New(fault.Missing, "eurostat.constraint", "Eurostat does not say which codes occur in %s", strings.ToLower(dataset)).
			Do("Use the dataset's code lists")
	}
	k.constraint = &s.Constraints[0]
	return k.constraint, nil
}

// knownOf returns what is known of a dataset, forgetting the one before and
// what is old.
func (c *Client) knownOf(dataset string) *known {
	id, now := strings.ToUpper(dataset), c.Now()
	if c.known.dataset != id || now.Sub(c.known.since) > knownFor {
		c.known = known{dataset: id, since: now}
	}
	return &c.known
}

// structure asks for one artefact and reads it.
func (c *Client) structure(ctx context.Context, kind Artefact, id, version, options string) (*sdmxml.Structure, error) {
	if id != "all" {
		id = strings.ToUpper(id)
	}
	a := &about{
		dataset: string(kind) + " " + id,
		address: c.Base + "/sdmx/2.1/" + string(kind) + "/ESTAT/" + id + "/" + version + options,
	}
	if kind == Dataflow {
		a.dataset = "dataset " + strings.ToLower(id)
	}
	var s *sdmxml.Structure
	err := c.try(ctx, func() error {
		body, err := c.message(ctx, a)
		if err != nil {
			return err
		}
		s, err = sdmxml.ReadStructure(bytes.NewReader(body), a.dataset)
		if err == nil {
			return nil
		}
		if fault.KindOf(err) == fault.TooLarge {
			return err
		}
		if isNotice(body) {
			return a.refusal(body)
		}
		return &retry{most: 1, fault: a.say(fault.Unavailable, "eurostat.structure", "Eurostat's answer for %s cannot be read", a.dataset).
			Because(err).Do("Try again later; the service may have changed")}
	})
	if q, ok := errors.AsType[*queued](err); ok {
		err = q.fault
	}
	return s, err
}

// message fetches a structure message into memory.
func (c *Client) message(ctx context.Context, a *about) ([]byte, error) {
	r, err := c.send(ctx, a.address, http.Header{})
	if err != nil {
		return nil, err
	}
	defer r.close()
	a.status, a.after = r.StatusCode, retryAfter(r.Header, c.Now())
	if r.StatusCode < 200 || r.StatusCode >= 300 {
		body, err := r.notice()
		if err != nil {
			return nil, err
		}
		return nil, a.refusal(body)
	}
	var body bytes.Buffer
	n, err := io.Copy(&body, io.LimitReader(r, maxStructure+1))
	if err != nil {
		return nil, err
	}
	if n > maxStructure {
		return nil, a.say(fault.TooLarge, "eurostat.structure-size", "Eurostat's answer for %s is longer than %d MiB", a.dataset, maxStructure>>20).
			Do("Ask for a single artefact")
	}
	c.say(Downloading, n, n, 0)
	return body.Bytes(), nil
}
