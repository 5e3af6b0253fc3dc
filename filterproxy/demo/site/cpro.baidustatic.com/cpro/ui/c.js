/* stands in for an advert script */
(function () {
  var box = document.getElementById('cpro_' + window.cpro_id);
  if (box) { box.innerHTML = '<div class="ad-demo"><b>江景新房开盘</b><br>首付低至两成<br><small>广告</small></div>'; }
})();
