package upload

import (
	"context"
	"time"

	"peerscape/internal/machinery/db"
)

// held is a file in the copy that a person gets of her data.
type held struct {
	ID          string    `json:"id"`
	Partnership string    `json:"partnership"`
	Name        string    `json:"name"`
	Kind        string    `json:"kind"`
	Size        int64     `json:"size"`
	Credit      string    `json:"credit"`
	Public      bool      `json:"public"`
	Created     time.Time `json:"created"`
	Removed     time.Time `json:"removed,omitzero"`
}

// Holds implements people.Keeper: the files that a person added.
func (f *Files) Holds(ctx context.Context, account string) (part string, rows any, err error) {
	rows, err = selectHeld(ctx, f.DB.Read(), account)
	return "files", rows, err
}

// Forget implements people.Keeper. What was refused goes. The files of the
// partnership stay, under an id that then names nobody.
func (f *Files) Forget(ctx context.Context, tx *db.Tx, account string) error {
	return deleteRefusedOf(ctx, tx, account)
}
