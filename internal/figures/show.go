package figures

import "birge/internal/platform/i18n"

// Write is the number as people read it: with its unit and the source's "about"
// or "more than".
func (f Figure) Write(p *i18n.Printer) string {
	v := f.bare(p)
	switch f.Qualifier {
	case "about":
		return p.T("figures.about", "value", v)
	case "more than":
		return p.T("figures.more_than", "value", v+f.ablative(p.Lang))
	}
	return v
}

func (f Figure) bare(p *i18n.Printer) string {
	switch {
	case f.IsMoney():
		return p.Money(f.Minor(), f.Unit)
	case f.Unit == "percent":
		return p.Percent(f.Value)
	case f.Unit == "count":
		return p.Decimal(f.Value, 2)
	case f.Unit == "times":
		return p.N("figures.unit.times", int64(f.Value))
	}
	return p.Decimal(f.Value, 2) + "\u00a0" + p.T("figures.unit."+f.Unit)
}

// ablative is the Kazakh ending that "астам" (more than) asks of a number.
func (f Figure) ablative(l i18n.Lang) string {
	if l != i18n.KK {
		return ""
	}
	switch f.Unit {
	case "times":
		return "ден"
	case "KZT", "USD", "EUR":
		return "-ден"
	case "count":
		return "-" + endingOf(int64(f.Value))
	}
	return "-дан"
}

var (
	ofOnes = [10]string{"", "ден", "ден", "тен", "тен", "тен", "дан", "ден", "ден", "дан"}
	ofTens = [10]string{"", "нан", "дан", "дан", "тан", "ден", "тан", "тен", "нен", "нан"}
)

// endingOf follows the last word of the number: бестен, оннан, жүзден, мыңнан.
func endingOf(n int64) string {
	switch {
	case n%10 != 0:
		return ofOnes[n%10]
	case n%100 != 0:
		return ofTens[n/10%10]
	case n%1000 != 0:
		return "ден"
	case n%1_000_000_000 == 0 && n != 0:
		return "тан"
	}
	return "нан"
}
