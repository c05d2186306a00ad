package sellandsign

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// maxContractors bounds what one request seeds.
const maxContractors = 10_000

// seedContractors serves POST /sandbox/contractors {number, count}.
func (a *service) seedContractors(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Number string `json:"number"`
		Count  int    `json:"count"`
	}
	decoder := json.NewDecoder(io.LimitReader(r.Body, 1<<16))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&order); err != nil {
		refuse(http.StatusBadRequest, "body", `must be {"number":"…","count":n}: `+err.Error()).Write(w)
		return
	}
	if order.Count < 1 || order.Count > maxContractors {
		refuse(http.StatusBadRequest, "count", fmt.Sprintf("must be from 1 to %d", maxContractors)).Write(w)
		return
	}
	var response engine.Response
	a.Locked(func() { response = a.seed(order.Number, order.Count) })
	response.Write(w)
}

// seed gives the customer more contractors.
func (a *service) seed(number string, count int) engine.Response {
	held := a.Find(Name, number)
	if len(held) == 0 {
		return refuse(http.StatusNotFound, "number", "must be the number of a Sell&Sign customer")
	}
	detail := held[0].Detail.(*details)
	for range count {
		a.lastID++
		contractor := ownContractor(held[0], a.lastID)
		contractor["isDefault"] = false
		contractor["firstname"] = "Contractor"
		contractor["lastname"] = strconv.Itoa(len(detail.contractors) + 1)
		contractor["email"] = fmt.Sprintf("contractor%d@example.com", a.lastID)
		detail.contractors = append(detail.contractors, contractor)
	}
	return engine.JSONResponse(http.StatusOK, map[string]any{"number": number, "contractors": len(detail.contractors) + 1})
}

// refuse says what is wrong with a field of a control request.
func refuse(status int, field, message string) engine.Response {
	return engine.JSONResponse(status, &engine.Refusal{Field: field, Message: field + ": " + message})
}
