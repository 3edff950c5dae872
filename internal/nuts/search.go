package nuts

// Match is a region found by Search, with the reason in words.
type Match struct {
	Region *Region
	Why    string // "code", "name", "Lower Austria", "FI1C3 became FI1C6 in 2024"
}

// Search finds regions by code or name in any spelling, best first.
func (n *Nomenclature) Search(query string, limit int) []Match { return nil }
