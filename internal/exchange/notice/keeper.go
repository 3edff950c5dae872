package notice

import (
	"context"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/machinery/db"
)

// Keep is how long notices are kept.
const Keep = 180 * 24 * time.Hour

// Held is what is kept about a person.
type Held struct {
	Notices []Notice `json:"notices"`
	Letters []Wanted `json:"letters"`
}

// Wanted is a choice of a person.
type Wanted struct {
	Kind   Kind   `json:"kind"`
	Rhythm Rhythm `json:"rhythm"`
}

// Holds implements people.Keeper. Who did what is not part of it: the names of
// others are theirs.
func (c *Center) Holds(ctx context.Context, account string) (part string, rows any, err error) {
	const name = "notices"
	q := c.DB.Read()
	all, err := selectAllNotices(ctx, q, account)
	if err != nil {
		return name, nil, err
	}
	for i := range all {
		if all[i].By != account {
			all[i].By = ""
		}
	}
	chosen, err := selectChoices(ctx, q, account)
	h := Held{Notices: all, Letters: []Wanted{}}
	for _, r := range Rules() {
		if own, ok := chosen[r.Kind]; ok {
			h.Letters = append(h.Letters, Wanted{r.Kind, own})
		}
	}
	return name, h, err
}

// Forget implements people.Keeper.
func (c *Center) Forget(ctx context.Context, tx *db.Tx, account string) error {
	return deleteOf(ctx, tx, account)
}

// Retention is what the job that removes old rows does to notices.
func (c *Center) Retention() people.Remover {
	return people.Remover{
		Retention: people.Retention{Kind: "notice", Rule: "Notices, from the last time that they were told.", Keep: Keep},
		Remove: func(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
			return deleteOld(ctx, tx, written(before))
		},
	}
}
