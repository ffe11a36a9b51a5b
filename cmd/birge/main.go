// Birge is the portal of a region's civic sector: one binary, Kazakh, Russian
// and English.
package main

import (
	"os"

	"birge/internal/app"
)

func main() { os.Exit(app.Main(os.Args[1:])) }
