package nuts

// Kind says what a code of a regional dataset stands for.
type Kind uint8

// The kinds of code.
const (
	Unknown     Kind = iota
	Territorial      // a country or region of some version
	ExtraRegio       // "not in any region": embassies, platforms at sea
	Aggregate        // a group of countries, or a part that is no region
)

// String returns the kind's name.
func (k Kind) String() string {
	return name([]string{"unknown", "territorial", "extra-regio", "aggregate"}, int(k))
}

// Kind sorts a code.
func (n *Nomenclature) Kind(code Code) Kind { return Unknown }

// Detect tells the version of a list of codes by those that occur in one version only.
func (n *Nomenclature) Detect(codes []Code) (main Version, unique map[Version]int) {
	return Current, map[Version]int{}
}

// Resolve gives a code of a dataset its version.
func (n *Nomenclature) Resolve(code Code, main Version) (ID, Kind) { return ID{code, main}, Unknown }
