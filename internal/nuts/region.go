package nuts

import "strings"

// Region is one region of one version. Regions are shared: do not change them.
type Region struct {
	ID
	Level      int  // 0 country, 1 to 3
	Parent     Code // of the same version; empty for a country
	Country    Code
	Name       string // in Latin letters
	Native     string // in the country's own letters; equals Name where those are Latin
	Urban      Urban
	Coast      Coast
	Mountain   Mountain
	Lon, Lat   float64 // representative point inside the region, degrees
	Area       float64 // km²
	Population float64 // grid population 2021 of the JRC, people: a weight, not a published figure; 0 = not known
}

// Urban is the urban-rural typology; the zero value means not classified.
type Urban uint8

// The classes of the urban-rural typology, as numbered by Eurostat.
const (
	PredominantlyUrban Urban = iota + 1
	Intermediate
	PredominantlyRural
)

// Coast is the coastal typology; the zero value means not stated.
type Coast uint8

// The classes of the coastal typology, as numbered by Eurostat, and the yes of
// the 2024 files, which tell no classes apart.
const (
	OnTheCoast  Coast = iota + 1 // has a coastline
	NearCoast                    // at least half of the people live within 50 km of the coast
	NotCoastal                   //
	CoastalFlag                  // 2024: flagged as coastal, class not stated
)

// Mountain is the mountain typology; the zero value means not stated.
type Mountain uint8

// The classes of the mountain typology, as numbered by Eurostat, and the yes
// of the 2024 files, which tell no classes apart.
const (
	MountainSurface Mountain = iota + 1 // over half of the surface is mountain
	MountainPeople                      // over half of the people live in mountains
	MountainBoth                        //
	NotMountain                         //
	MountainFlag                        // 2024: flagged as mountainous, class not stated
)

var (
	urbanNames    = [...]string{"", "predominantly urban", "intermediate", "predominantly rural"}
	coastNames    = [...]string{"", "on the coast", "half of the people within 50 km of the coast", "not coastal", "coastal"}
	mountainNames = [...]string{"", "over half of the surface is mountain", "over half of the people live in mountains", "mountain by surface and people", "not mountain", "mountain"}
)

// String returns the class in words, empty for not classified.
func (u Urban) String() string { return name(urbanNames[:], int(u)) }

// String returns the class in words, empty for not stated.
func (c Coast) String() string { return name(coastNames[:], int(c)) }

// String returns the class in words, empty for not stated.
func (m Mountain) String() string { return name(mountainNames[:], int(m)) }

func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return ""
}

// Region returns the region id, if there is one.
func (n *Nomenclature) Region(id ID) (*Region, bool) {
	r, ok := n.regions[id]
	return r, ok
}

// Regions returns the regions of one version and level (-1 for all), sorted by
// code. The slice is shared: do not change it.
func (n *Nomenclature) Regions(v Version, level int) []*Region {
	i := v.index()
	if i < 0 || level < -1 || level > 3 {
		return nil
	}
	return n.byLevel[i][level+1]
}

// Children returns the regions one level below id, sorted by code.
func (n *Nomenclature) Children(id ID) []*Region { return n.children[id] }

// Newest returns the region that the code names in the newest version that has it.
func (n *Nomenclature) Newest(code Code) (*Region, bool) {
	for i := len(Versions) - 1; i >= 0; i-- {
		if r, ok := n.regions[ID{code, Versions[i]}]; ok {
			return r, true
		}
	}
	return nil, false
}

// VersionsOf returns the versions that have the code, oldest first.
func (n *Nomenclature) VersionsOf(code Code) []Version {
	var out []Version
	for _, v := range Versions {
		if _, ok := n.regions[ID{code, v}]; ok {
			out = append(out, v)
		}
	}
	return out
}

func byCode(a, b *Region) int { return strings.Compare(string(a.Code), string(b.Code)) }
