package web

import (
	"net/http"

	"birge/internal/platform/table"
)

// Table starts an answer that is a table to be saved, called name and the form:
// "csv", "xlsx" or "json".
func Table(w http.ResponseWriter, form, name string) (table.Writer, error) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.`+form+`"`)
	switch form {
	case "xlsx":
		w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		return table.NewXLSX(w, name)
	case "json":
		w.Header().Set("Content-Type", "application/json")
		return table.NewJSON(w), nil
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	return table.NewCSV(w), nil
}
