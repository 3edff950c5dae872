package catalogue

import (
	"context"
	"time"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// ImportOptions say what the source does not say of itself.
type ImportOptions struct {
	Dataset   string // in place of the header's code
	Title     string // in place of the header's title
	File      string // name of the file or address, for people
	SHA256    string // of the file, in hexadecimal; empty where not known
	Link      string // the publisher's page; what was known stays where empty
	Publisher string
	Licence   string
	Retrieved time.Time    // when the file was fetched; zero where not known
	Updated   time.Time    // in place of the header's
	NUTS      nuts.Version // main version of the region codes; 0 detects it

	Progress func(series, values int) // called now and then; may be nil
	Check    func(*Structure) error   // refuses a dataset before anything is kept; may be nil
}

// Imported says what an import did.
type Imported struct {
	Vintage   Vintage // as stored; where Unchanged, the one that was there
	Unchanged bool    // the same figures were there already: nothing was written
	Structure Structure
	Notes     []string // the vintage's notes
}

// Import keeps a dataset as a new vintage, all or nothing.
func (c *Catalogue) Import(ctx context.Context, src stats.Source, o ImportOptions) (*Imported, error) {
	return nil, nil
}
