// Command peers does the job of package byhand with two libraries for durable execution, DBOS and
// River, each as its documentation recommends. Command bench measures it:
//
//	make bench-peers
//
// It is a module of its own, so that Enlist does not depend on these libraries. Nothing imports it.
package main
