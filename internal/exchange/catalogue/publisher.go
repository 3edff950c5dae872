package catalogue

// What is said of Eurostat's datasets: the name of the source, the licence line
// that Decision 2011/833/EU asks for, and where a dataset's page is.
const (
	Eurostat        = "Eurostat"
	EurostatLicence = "© European Union, source Eurostat; reuse with the source named (Decision 2011/833/EU). Estimates are ours: Eurostat bears no responsibility for them."
	EurostatPage    = "https://ec.europa.eu/eurostat/databrowser/view/" // then the dataset's code
)
